//! Writing ELF headers. Fields that no loader reads are zero.

pub(super) const FILE_HEADER: u64 = 64;
pub(super) const PROGRAM_HEADER: u64 = 56;
pub(super) const SECTION_HEADER: u64 = 64;

pub(super) const PT_LOAD: u32 = 1;
pub(super) const PT_DYNAMIC: u32 = 2;
pub(super) const PF_X: u32 = 1;
pub(super) const PF_R: u32 = 4;

/// Bytes being put together.
#[derive(Default)]
pub(super) struct Writer(pub(super) Vec<u8>);

impl Writer {
    pub(super) fn u16(&mut self, value: u16) {
        self.0.extend(value.to_le_bytes());
    }

    pub(super) fn u32(&mut self, value: u32) {
        self.0.extend(value.to_le_bytes());
    }

    pub(super) fn u64(&mut self, value: u64) {
        self.0.extend(value.to_le_bytes());
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend(bytes);
    }

    pub(super) fn len(&self) -> u64 {
        self.0.len() as u64
    }

    /// Fills with zeros up to an offset.
    pub(super) fn pad_to(&mut self, offset: u64) {
        self.0.resize(offset as usize, 0);
    }
}

/// What differs between file headers.
pub(super) struct FileHeader {
    pub(super) entry: u64,
    pub(super) flags: u32,
    pub(super) segments: u16,
    /// Offset and number of section headers; the last names the others.
    pub(super) sections: (u64, u16),
}

impl FileHeader {
    pub(super) fn write(&self, out: &mut Writer) {
        const SHARED_OBJECT: u16 = 3;
        const BPF: u16 = 247;
        // 64 bits, little endian, version 1, no operating system.
        out.bytes(&[0x7f, b'E', b'L', b'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        out.u16(SHARED_OBJECT);
        out.u16(BPF);
        out.u32(1);
        out.u64(self.entry);
        out.u64(FILE_HEADER);
        out.u64(self.sections.0);
        out.u32(self.flags);
        out.u16(FILE_HEADER as u16);
        out.u16(PROGRAM_HEADER as u16);
        out.u16(self.segments);
        out.u16(SECTION_HEADER as u16);
        out.u16(self.sections.1);
        out.u16(self.sections.1.saturating_sub(1));
    }
}

/// A part of the file that is loaded.
pub(super) fn segment(out: &mut Writer, kind: u32, flags: u32, start: u64, size: u64, at: u64) {
    out.u32(kind);
    out.u32(flags);
    out.u64(start);
    out.u64(at);
    out.u64(at);
    out.u64(size);
    out.u64(size);
    out.u64(8);
}

/// A section that lies at its offset in the file.
pub(super) struct Section {
    pub(super) name: &'static str,
    pub(super) kind: u32,
    pub(super) flags: u64,
    pub(super) data: Vec<u8>,
    pub(super) link: u32,
    pub(super) info: u32,
    pub(super) alignment: u64,
    pub(super) entry_size: u64,
}
