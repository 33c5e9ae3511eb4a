//! Reading LLVM's object file.
//!
//! Code sections are put one behind the other, and so are constant sections.
//! Every reference becomes an offset into one of the two or the name of a
//! system call; anything else is refused.

use std::collections::HashMap;

use object::read::elf::{ElfFile64, ElfSection64};
use object::{
    LittleEndian, Object as _, ObjectSection, ObjectSymbol, RelocationFlags, RelocationTarget,
    SectionFlags, SectionIndex, SymbolSection, elf,
};

use super::Target;
use super::instruction::{CALL, LDDW};
use crate::error::{Error, Result};

/// Relocations of BPF that `object` does not name.
const R_BPF_64_ABS64: u32 = 2;

type File<'a> = ElfFile64<'a, LittleEndian>;
type Section<'a, 'f> = ElfSection64<'a, 'f, LittleEndian>;

/// A program that is not laid out yet.
pub(super) struct Object {
    pub(super) code: Vec<u8>,
    pub(super) constants: Vec<u8>,
    /// Alignment that the constants ask for.
    pub(super) alignment: u64,
    /// Offset in the code at which the program starts.
    pub(super) entry: u64,
    /// Start of each function, in order, with its name.
    pub(super) functions: Vec<(u64, String)>,
    /// What the instruction at an offset of the code refers to, in order.
    pub(super) code_references: Vec<(u64, Target)>,
    /// What the word at an offset of the constants refers to, in order.
    pub(super) constant_references: Vec<(u64, Target)>,
}

fn broken(error: impl std::fmt::Display) -> Error {
    Error::new(format!("LLVM wrote an object that cannot be read: {error}"))
        .remedy("this is a fault in sbf-link or LLVM; please report it")
}

/// Where the sections went.
#[derive(Default)]
struct Placement {
    code: HashMap<SectionIndex, u64>,
    constants: HashMap<SectionIndex, u64>,
}

impl Object {
    pub(super) fn read(bytes: &[u8]) -> Result<Self> {
        let file = File::parse(bytes).map_err(broken)?;
        let mut object = Self {
            code: Vec::new(),
            constants: Vec::new(),
            alignment: 8,
            entry: 0,
            functions: Vec::new(),
            code_references: Vec::new(),
            constant_references: Vec::new(),
        };
        let placement = object.place_sections(&file)?;
        object.read_functions(&file, &placement)?;
        for section in file.sections() {
            if let Some(base) = placement.code.get(&section.index()) {
                object.read_code_references(&file, &section, *base, &placement)?;
            } else if let Some(base) = placement.constants.get(&section.index()) {
                object.read_constant_references(&file, &section, *base, &placement)?;
            }
        }
        object.code_references.sort_by_key(|(offset, _)| *offset);
        object.constant_references.sort_by_key(|(offset, _)| *offset);
        Ok(object)
    }

    fn place_sections(&mut self, file: &File<'_>) -> Result<Placement> {
        let mut placement = Placement::default();
        for section in file.sections() {
            let name = section.name().map_err(broken)?;
            let SectionFlags::Elf { sh_flags } = section.flags() else { continue };
            let has = |flag: u64| sh_flags & flag != 0;
            if !has(u64::from(elf::SHF_ALLOC)) || section.size() == 0 || name == ".eh_frame" {
                continue;
            }
            if has(u64::from(elf::SHF_WRITE)) && !name.starts_with(".data.rel.ro") {
                return Err(Error::new(format!("the program has writable data in {name}"))
                    .remedy("no `static mut`, atomics or cells in statics"));
            }
            let data = section.data().map_err(broken)?;
            if has(u64::from(elf::SHF_EXECINSTR)) {
                placement.code.insert(section.index(), self.code.len() as u64);
                self.code.extend(data);
            } else {
                self.alignment = self.alignment.max(section.align());
                let start = self.constants.len().next_multiple_of(section.align().max(1) as usize);
                self.constants.resize(start, 0);
                placement.constants.insert(section.index(), start as u64);
                self.constants.extend(data);
            }
        }
        Ok(placement)
    }

    fn read_functions(&mut self, file: &File<'_>, placement: &Placement) -> Result<()> {
        let mut entry = None;
        for symbol in file.symbols() {
            let name = symbol.name().map_err(broken)?;
            let base = symbol.section_index().and_then(|index| placement.code.get(&index));
            if let Some(base) = base
                && symbol.kind() == object::SymbolKind::Text
            {
                let start = base + symbol.address();
                self.functions.push((start, name.to_owned()));
                if name == "entrypoint" {
                    entry = Some(start);
                }
            }
        }
        self.functions.sort();
        self.entry = entry.ok_or_else(|| broken("no entrypoint"))?;
        Ok(())
    }

    /// The function that an offset of the code is in.
    pub(super) fn function_at(&self, offset: u64) -> String {
        let after = self.functions.partition_point(|(start, _)| *start <= offset);
        after.checked_sub(1).map_or_else(String::new, |index| self.functions[index].1.clone())
    }

    fn read_code_references(
        &mut self,
        file: &File<'_>,
        section: &Section<'_, '_>,
        base: u64,
        placement: &Placement,
    ) -> Result<()> {
        for (offset, relocation) in section.relocations() {
            let at = base + offset;
            let place = |error: Error| error.at(self.function_at(at));
            let code = self.code.get(at as usize..at as usize + 8);
            let instruction: [u8; 8] =
                code.and_then(|c| c.try_into().ok()).ok_or_else(|| broken("short code"))?;
            let immediate = i32::from_le_bytes([
                instruction[4],
                instruction[5],
                instruction[6],
                instruction[7],
            ]);
            // A call counts instructions from behind itself.
            let addend = match (instruction[0], r_type(relocation.flags())) {
                (CALL, elf::R_BPF_64_32) => (i64::from(immediate) + 1) * 8,
                (LDDW, elf::R_BPF_64_64) => i64::from(immediate),
                (opcode, kind) => {
                    let what = format!("relocation {kind} at instruction {opcode:#04x}");
                    return Err(place(broken(what)));
                }
            };
            let target = resolve(file, relocation.target(), addend, placement).map_err(place)?;
            if instruction[0] == CALL && matches!(target, Target::Constants(_)) {
                return Err(place(broken("a call of a constant")));
            }
            if instruction[0] == LDDW && matches!(target, Target::Syscall(_)) {
                return Err(place(
                    Error::new(format!("the address of the external {target:?} is taken"))
                        .remedy("system calls can only be called directly; wrap it in a function"),
                ));
            }
            self.code_references.push((at, target));
        }
        Ok(())
    }

    fn read_constant_references(
        &mut self,
        file: &File<'_>,
        section: &Section<'_, '_>,
        base: u64,
        placement: &Placement,
    ) -> Result<()> {
        for (offset, relocation) in section.relocations() {
            let at = base + offset;
            let kind = r_type(relocation.flags());
            if kind != R_BPF_64_ABS64 {
                return Err(Error::new(format!("relocation {kind} in constants"))
                    .remedy("compile with -C relocation-model=static"));
            }
            let word = self.constants.get(at as usize..at as usize + 8);
            let word: [u8; 8] =
                word.and_then(|w| w.try_into().ok()).ok_or_else(|| broken("short constants"))?;
            let target = resolve(file, relocation.target(), i64::from_le_bytes(word), placement)?;
            if matches!(target, Target::Syscall(_)) {
                return Err(Error::new(format!("a constant holds the address of {target:?}"))
                    .remedy("system calls can only be called directly; wrap it in a function"));
            }
            self.constant_references.push((at, target));
        }
        Ok(())
    }
}

fn r_type(flags: RelocationFlags) -> u32 {
    match flags {
        RelocationFlags::Elf { r_type } => r_type,
        _ => 0,
    }
}

fn resolve(
    file: &File<'_>,
    target: RelocationTarget,
    addend: i64,
    placement: &Placement,
) -> Result<Target> {
    let RelocationTarget::Symbol(index) = target else {
        return Err(broken("a relocation without symbol"));
    };
    let symbol = file.symbol_by_index(index).map_err(broken)?;
    let name = symbol.name().map_err(broken)?;
    let section = match symbol.section() {
        SymbolSection::Section(index) => index,
        SymbolSection::Undefined => return syscall(name),
        other => return Err(broken(format!("the symbol {name} is in {other:?}"))),
    };
    let offset = symbol.address().wrapping_add_signed(addend);
    if let Some(base) = placement.code.get(&section) {
        return Ok(Target::Code(base + offset));
    }
    match placement.constants.get(&section) {
        Some(base) => Ok(Target::Constants(base + offset)),
        None => Err(broken(format!("{name} is in a section that is not loaded"))),
    }
}

/// What an undefined name means: the runtime's functions are known by prefix.
fn syscall(name: &str) -> Result<Target> {
    match name {
        // How LLVM marks a place that is never reached.
        "__bpf_trap" => Ok(Target::Syscall("abort".to_owned())),
        "abort" => Ok(Target::Syscall(name.to_owned())),
        _ if name.starts_with("sol_") => Ok(Target::Syscall(name.to_owned())),
        _ => Err(Error::new(format!("`{name}` is not defined and is no system call"))
            .remedy(remedy_for_missing(name))),
    }
}

fn remedy_for_missing(name: &str) -> &'static str {
    if name.starts_with("sys_") {
        return "std asks for an operating system here; a program has none. It needs a global \
                allocator of its own, as solana_program::entrypoint! defines";
    }
    "define it; a name of C's or of LLVM's run-time library stands for an operation that \
     sbf-link does not support"
}
