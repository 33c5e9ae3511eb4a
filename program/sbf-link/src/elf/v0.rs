//! SBPF version 0: addresses are offsets in the file, and the loader adds the
//! region's base and resolves system calls by dynamic relocations.

use std::collections::BTreeMap;

use super::Target;
use super::instruction::CALL;
use super::object::Object;
use super::writer::{
    FILE_HEADER, FileHeader, PF_R, PF_X, PROGRAM_HEADER, PT_DYNAMIC, PT_LOAD, SECTION_HEADER,
    Section, Writer, segment,
};
use crate::error::{Error, Result};

/// Relocation of an address by the region's base.
const RELATIVE: u64 = 8;
/// Relocation of a call to a named function.
const CALL_BY_NAME: u64 = 10;
const SEGMENTS: u16 = 3;
/// Longest name that the loader reads.
const NAME_LIMIT: usize = 63;

const SHT_PROGBITS: u32 = 1;
const SHT_STRTAB: u32 = 3;
const SHT_DYNAMIC: u32 = 6;
const SHT_REL: u32 = 9;
const SHT_DYNSYM: u32 = 11;
const SHF_ALLOC: u64 = 2;
const SHF_EXECINSTR: u64 = 4;
const SYMBOL_SIZE: u64 = 24;
const RELOCATION_SIZE: u64 = 16;

/// Where the two loaded parts lie in the file.
struct Layout {
    code: u64,
    constants: u64,
}

/// Names of the dynamic symbols, in order of their numbers.
#[derive(Default)]
struct Symbols {
    strings: Vec<u8>,
    table: Writer,
    numbers: BTreeMap<String, u64>,
}

impl Symbols {
    fn new(entry: u64) -> Self {
        let mut symbols = Self { strings: vec![0], ..Self::default() };
        symbols.table.bytes(&[0; SYMBOL_SIZE as usize]);
        // A global function in the code, which is section 1.
        symbols.add("entrypoint", 0x12, 1, entry);
        symbols
    }

    fn add(&mut self, name: &str, info: u8, section: u16, value: u64) -> u64 {
        let number = self.table.len() / SYMBOL_SIZE;
        self.table.u32(self.strings.len() as u32);
        self.table.bytes(&[info, 0]);
        self.table.u16(section);
        self.table.u64(value);
        self.table.u64(0);
        self.strings.extend(name.as_bytes());
        self.strings.push(0);
        self.numbers.insert(name.to_owned(), number);
        number
    }

    /// The number of an undefined global function.
    fn external(&mut self, name: &str) -> Result<u64> {
        if let Some(number) = self.numbers.get(name) {
            return Ok(*number);
        }
        if name.len() > NAME_LIMIT {
            return Err(Error::new(format!("the name of the system call `{name}` is too long")));
        }
        Ok(self.add(name, 0x10, 0, 0))
    }
}

/// The file.
pub(super) fn write(mut object: Object) -> Result<Vec<u8>> {
    let code = FILE_HEADER + u64::from(SEGMENTS) * PROGRAM_HEADER;
    let constants = (code + object.code.len() as u64).next_multiple_of(object.alignment);
    let layout = Layout { code, constants };
    let entry = code + object.entry;
    let mut symbols = Symbols::new(entry);
    let relocations = relocate(&mut object, &layout, &mut symbols)?;
    let sections = sections(object, symbols, relocations);
    Ok(assemble(entry, sections))
}

/// Writes what is known into code and constants; the rest are relocations.
fn relocate(object: &mut Object, layout: &Layout, symbols: &mut Symbols) -> Result<Writer> {
    let mut relocations = Writer::default();
    let mut relocation = |at: u64, kind: u64, symbol: u64| {
        relocations.u64(at);
        relocations.u64(symbol << 32 | kind);
    };
    let address = |target: &Target| match target {
        Target::Code(offset) => (layout.code + offset) as u32,
        Target::Constants(offset) => (layout.constants + offset) as u32,
        Target::Syscall(_) => 0,
    };
    for (at, target) in &object.code_references {
        let instruction = &mut object.code[*at as usize..];
        match target {
            Target::Syscall(name) => {
                // The loader takes any other number for a distance.
                instruction[4..8].copy_from_slice(&(-1i32).to_le_bytes());
                relocation(layout.code + at, CALL_BY_NAME, symbols.external(name)?);
            }
            Target::Code(to) if instruction[0] == CALL => {
                let distance = (*to as i64 - *at as i64) / 8 - 1;
                let distance = i32::try_from(distance)
                    .map_err(|_| Error::new("the code is larger than a call can reach"))?;
                instruction[4..8].copy_from_slice(&distance.to_le_bytes());
            }
            _ => {
                instruction[4..8].copy_from_slice(&address(target).to_le_bytes());
                instruction[12..16].copy_from_slice(&1u32.to_le_bytes());
                relocation(layout.code + at, RELATIVE, 0);
            }
        }
    }
    for (at, target) in &object.constant_references {
        // The loader reads the upper half and writes the whole word.
        let word = &mut object.constants[*at as usize..*at as usize + 8];
        word[..4].fill(0);
        word[4..].copy_from_slice(&address(target).to_le_bytes());
        relocation(layout.constants + at, RELATIVE, 0);
    }
    Ok(relocations)
}

/// The sections, of which the fixed numbers below speak. Their order in the
/// file is theirs here.
fn sections(object: Object, symbols: Symbols, relocations: Writer) -> Vec<Section> {
    let section = |name, kind, flags, data, alignment| Section {
        name,
        kind,
        flags,
        data,
        link: 0,
        info: 0,
        alignment,
        entry_size: 0,
    };
    let constants = object.constants;
    vec![
        section(".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, object.code, 8),
        section(".rodata", SHT_PROGBITS, SHF_ALLOC, constants, object.alignment),
        Section {
            link: 5,
            entry_size: 16,
            // Filled in when the addresses are known.
            ..section(".dynamic", SHT_DYNAMIC, SHF_ALLOC, vec![0; DYNAMIC_SIZE], 8)
        },
        Section {
            link: 5,
            info: 1,
            entry_size: SYMBOL_SIZE,
            ..section(".dynsym", SHT_DYNSYM, SHF_ALLOC, symbols.table.0, 8)
        },
        section(".dynstr", SHT_STRTAB, SHF_ALLOC, symbols.strings, 1),
        Section {
            link: 4,
            entry_size: RELOCATION_SIZE,
            ..section(".rel.dyn", SHT_REL, SHF_ALLOC, relocations.0, 8)
        },
    ]
}

/// Sections by number in `sections`.
const DYNAMIC: usize = 2;
const DYNSYM: usize = 3;
const DYNSTR: usize = 4;
const REL_DYN: usize = 5;
const DYNAMIC_SIZE: usize = 9 * 16;

/// What the loader looks the relocations up by.
fn dynamic_table(sections: &[Section], offsets: &[u64]) -> Vec<u8> {
    let size = |index: usize| sections[index].data.len() as u64;
    let mut table = Writer::default();
    let mut entry = |tag: u64, value: u64| {
        table.u64(tag);
        table.u64(value);
    };
    entry(30, 4); // flags: the code has relocations
    // An empty list of relocations is one that the loader refuses.
    if size(REL_DYN) != 0 {
        entry(17, offsets[REL_DYN]);
        entry(18, size(REL_DYN));
        entry(19, RELOCATION_SIZE);
    }
    entry(6, offsets[DYNSYM]);
    entry(11, SYMBOL_SIZE);
    entry(5, offsets[DYNSTR]);
    entry(10, size(DYNSTR));
    table.pad_to(DYNAMIC_SIZE as u64);
    table.0
}

fn assemble(entry: u64, mut sections: Vec<Section>) -> Vec<u8> {
    let mut offsets = Vec::new();
    let mut end = FILE_HEADER + u64::from(SEGMENTS) * PROGRAM_HEADER;
    for section in &sections {
        let start = end.next_multiple_of(section.alignment);
        offsets.push(start);
        end = start + section.data.len() as u64;
    }
    sections[DYNAMIC].data = dynamic_table(&sections, &offsets);

    let mut names = vec![0];
    let mut name_offsets = Vec::new();
    for name in sections.iter().map(|section| section.name).chain([".shstrtab"]) {
        name_offsets.push(names.len() as u32);
        names.extend(name.as_bytes());
        names.push(0);
    }
    let names_start = end;
    let headers_start = (end + names.len() as u64).next_multiple_of(8);

    let mut out = Writer::default();
    let count = sections.len() as u16 + 2;
    FileHeader { entry, flags: 0, segments: SEGMENTS, sections: (headers_start, count) }
        .write(&mut out);
    let loaded = |from: usize, to: usize| {
        let end = offsets[to] + sections[to].data.len() as u64;
        (offsets[from], end - offsets[from])
    };
    for (kind, flags, (start, size)) in [
        (PT_LOAD, PF_R | PF_X, loaded(0, 1)),
        (PT_LOAD, PF_R, loaded(DYNAMIC, REL_DYN)),
        (PT_DYNAMIC, PF_R, loaded(DYNAMIC, DYNAMIC)),
    ] {
        segment(&mut out, kind, flags, start, size, start);
    }
    for (section, offset) in sections.iter().zip(&offsets) {
        out.pad_to(*offset);
        out.bytes(&section.data);
    }
    out.bytes(&names);
    out.pad_to(headers_start + SECTION_HEADER); // the first header is empty
    for ((section, offset), name) in sections.iter().zip(&offsets).zip(&name_offsets) {
        section_header(&mut out, section, *name, *offset);
    }
    let names = Section {
        name: ".shstrtab",
        kind: SHT_STRTAB,
        flags: 0,
        data: names,
        link: 0,
        info: 0,
        alignment: 1,
        entry_size: 0,
    };
    section_header(&mut out, &names, name_offsets[sections.len()], names_start);
    out.0
}

fn section_header(out: &mut Writer, section: &Section, name: u32, offset: u64) {
    out.u32(name);
    out.u32(section.kind);
    out.u64(section.flags);
    // Sections that are not loaded have no address.
    out.u64(if section.flags & SHF_ALLOC != 0 { offset } else { 0 });
    out.u64(offset);
    out.u64(section.data.len() as u64);
    out.u32(section.link);
    out.u32(section.info);
    out.u64(section.alignment);
    out.u64(section.entry_size);
}
