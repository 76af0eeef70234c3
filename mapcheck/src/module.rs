//! A program or library on disk: its call frame information, its symbols, its lines. Read when first needed.

use gimli::LittleEndian;
use object::{Object, ObjectSection, ObjectSegment, ObjectSymbol, SegmentFlags};
use std::cell::OnceCell;
use std::collections::HashMap;
use std::fs::File;
use std::sync::Arc;

type Bytes = gimli::EndianArcSlice<LittleEndian>;
type Lines = addr2line::Context<Bytes>;

/// What the code in a module is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Program,
    Library,
    /// The C library and the loader, whose own mappings nobody is to blame for.
    CLibrary,
    /// libmapboard itself: its caller is the site.
    Mapboard,
}

pub struct Module {
    pub path: String,
    pub kind: Kind,
    /// Those with code in them.
    pub segments: Vec<Segment>,
    /// Call frame information: .eh_frame, and its index.
    pub frames: Option<Frames>,
    /// By address; where several begin at one address, they stand together.
    symbols: Vec<Symbol>,
    /// Whether nothing was linked dynamically: then the C library is inside.
    is_static: bool,
    /// From this address on, a static program's code is the C library's.
    c_library_from: Option<u64>,
    holds_mapboard: bool,
    file: File,
    lines: OnceCell<Option<Lines>>,
}

pub struct Segment {
    pub offset: u64,
    pub address: u64,
    pub size: u64,
}

pub struct Frames {
    pub section: gimli::EhFrame<Bytes>,
    pub index: Option<gimli::ParsedEhFrameHdr<Bytes>>,
    pub bases: gimli::BaseAddresses,
}

struct Symbol {
    address: u64,
    size: u64,
    name: String,
}

/// A function's name as the linker knows it, and how far into it.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    pub name: String,
    pub offset: u64,
}

impl Function {
    /// Its name for people.
    pub fn shown(&self) -> String {
        written(&self.name).unwrap_or_else(|| self.name.clone())
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub file: String,
    pub line: u32,
}

impl Module {
    /// Reads a module; None if it is no ELF file of ours.
    pub fn read(path: &str, file: File, main: bool) -> Option<Module> {
        let cache = object::ReadCache::new(file.try_clone().ok()?);
        let elf = object::File::parse(&cache).ok()?;
        // of the code alone: with lld two segments share a page of the file, and an offset is in both
        let executable =
            |flags| matches!(flags, SegmentFlags::Elf { p_flags } if p_flags & object::elf::PF_X != 0);
        let segments = elf
            .segments()
            .filter(|s| executable(s.flags()))
            .map(|s| Segment { offset: s.file_range().0, address: s.address(), size: s.file_range().1 })
            .collect();
        let mut symbols: Vec<Symbol> = elf
            .symbols()
            .chain(elf.dynamic_symbols())
            .filter(|s| s.kind() == object::SymbolKind::Text && s.is_definition())
            .filter_map(|s| {
                let name = s.name().ok()?.split('@').next()?.to_owned();
                Some(Symbol { address: s.address(), size: s.size(), name })
            })
            .collect();
        symbols.sort_by_key(|s| s.address);
        let is_static = main && elf.section_by_name(".interp").is_none();
        let base = path.rsplit('/').next().unwrap_or(path);
        let mut module = Module {
            path: path.to_owned(),
            kind: kind(base, main),
            segments,
            frames: frames(&elf),
            holds_mapboard: symbols.iter().any(|s| s.name == "mm_explain_slug"),
            symbols,
            is_static,
            c_library_from: None,
            file,
            lines: OnceCell::new(),
        };
        if is_static {
            module.c_library_from = module.c_library_begins();
        }
        Some(module)
    }

    /// A static program's own objects are linked before the archive of the C library, so its code begins at the
    /// first of its functions that comes after the start-up code.
    fn c_library_begins(&self) -> Option<u64> {
        let start = self.symbols.iter().find(|s| s.name == "frame_dummy" || s.name == "_start_c")?.address;
        let known = |name: &str| {
            ["__libc_", "_IO_", "_dl_", "_nl_", "__init_libc", "__stdio_", "libc_start"]
                .iter()
                .any(|p| name.starts_with(p))
        };
        self.symbols.iter().filter(|s| s.address > start && known(&s.name)).map(|s| s.address).next()
    }

    /// Nothing tells the program's own code from the C library's: static and stripped.
    pub fn blind(&self) -> bool {
        self.is_static && self.symbols.is_empty()
    }

    /// Whose code is at an address of the module.
    pub fn kind_at(&self, address: u64) -> Kind {
        if self.kind == Kind::Program {
            if self.holds_mapboard && self.names(address).any(is_mapboard) {
                return Kind::Mapboard;
            }
            if self.c_library_from.is_some_and(|from| address >= from) {
                return Kind::CLibrary;
            }
        }
        self.kind
    }

    /// All names of the function that holds an address.
    pub fn names(&self, address: u64) -> impl Iterator<Item = &str> {
        let found = self.symbol(address).map(|s| s.address);
        let from = found.map_or(0, |start| self.symbols.partition_point(|s| s.address < start));
        self.symbols[from..].iter().take_while(move |s| Some(s.address) == found).map(|s| s.name.as_str())
    }

    /// A function of the C library, by name.
    pub fn c_library_function(&self, name: &str) -> Option<u64> {
        let found = self.symbols.iter().find(|s| s.name == name && s.size > 0)?.address;
        (self.kind_at(found) == Kind::CLibrary).then_some(found)
    }

    fn symbol(&self, address: u64) -> Option<&Symbol> {
        let after = self.symbols.partition_point(|s| s.address <= address);
        self.symbols[..after].iter().rev().take(16).find(|s| address < s.address + s.size.max(1))
    }

    pub fn function(&self, address: u64) -> Option<Function> {
        let symbol = self.symbol(address)?;
        // of the aliases, the one without underscores is the one that people write
        let name = self.names(address).min_by_key(|n| (n.starts_with('_'), n.len()))?;
        let name = whole(name);
        Some(Function { name, offset: address - symbol.address })
    }

    pub fn line(&self, address: u64) -> Option<Line> {
        let lines = self.lines.get_or_init(|| lines(&self.file)).as_ref()?;
        let location = lines.find_location(address).ok()??;
        Some(Line { file: location.file?.to_owned(), line: location.line.filter(|&l| l > 0)? })
    }
}

/// The name without what a compiler appends to a part or a copy of a function.
fn whole(name: &str) -> String {
    name.split(".constprop").next().unwrap_or(name).split(".part.").next().unwrap_or(name).to_owned()
}

/// A name as its author wrote it, in Rust or in C++; the parameters only as long as the line stays short.
fn written(name: &str) -> Option<String> {
    const LONG: usize = 60;
    if let Ok(rust) = rustc_demangle::try_demangle(name) {
        return Some(format!("{rust:#}")); // without its hash
    }
    let symbol = cpp_demangle::Symbol::new(name).ok()?;
    let brief = cpp_demangle::DemangleOptions::new().no_return_type();
    let full = symbol.demangle_with_options(&brief).ok()?;
    if full.chars().count() <= LONG {
        return Some(full);
    }
    symbol.demangle_with_options(&brief.no_params()).ok()
}

fn is_mapboard(name: &str) -> bool {
    name.starts_with("mm_") || name.starts_with("minichat_") || name.contains("8mapboard")
}

fn kind(base: &str, main: bool) -> Kind {
    const C_LIBRARY: [&str; 12] = [
        "libc.so",
        "libc-2.",
        "ld-linux",
        "ld-2.",
        "ld-musl",
        "ld.so",
        "libpthread",
        "libdl.so",
        "libdl-2.",
        "librt.so",
        "librt-2.",
        "ld64.so",
    ];
    // what a sanitizer or a checker maps is no more the program's doing than what malloc maps
    const CHECKERS: [&str; 6] = ["libasan.", "libtsan.", "libubsan.", "liblsan.", "libc.musl", "libhwasan."];
    if base.starts_with("libmapboard.so") {
        Kind::Mapboard
    } else if C_LIBRARY.iter().chain(&CHECKERS).any(|p| base.starts_with(p)) {
        Kind::CLibrary
    } else if main {
        Kind::Program
    } else {
        Kind::Library
    }
}

fn bytes<'a>(elf: &impl Object<'a>, name: &str) -> Option<(u64, Bytes)> {
    let section = elf.section_by_name(name)?;
    let data: Arc<[u8]> = section.uncompressed_data().ok()?.into_owned().into();
    Some((section.address(), Bytes::new(data, LittleEndian)))
}

fn frames<'a>(elf: &impl Object<'a>) -> Option<Frames> {
    let (address, data) = bytes(elf, ".eh_frame")?;
    let mut section = gimli::EhFrame::from(data);
    section.set_address_size(8);
    let mut bases = gimli::BaseAddresses::default().set_eh_frame(address);
    if let Some(text) = elf.section_by_name(".text") {
        bases = bases.set_text(text.address());
    }
    let index = bytes(elf, ".eh_frame_hdr").and_then(|(address, data)| {
        bases = std::mem::take(&mut bases).set_eh_frame_hdr(address);
        gimli::EhFrameHdr::from(data).parse(&bases, 8).ok()
    });
    Some(Frames { section, index, bases })
}

fn lines(file: &File) -> Option<Lines> {
    let cache = object::ReadCache::new(file.try_clone().ok()?);
    let elf = object::File::parse(&cache).ok()?;
    let mut sections: HashMap<&'static str, Bytes> = HashMap::new();
    let empty = || Bytes::new(Arc::from([]), LittleEndian);
    let load = |id: gimli::SectionId| -> Result<Bytes, gimli::Error> {
        Ok(sections
            .entry(id.name())
            .or_insert_with(|| bytes(&elf, id.name()).map_or_else(empty, |(_, b)| b))
            .clone())
    };
    let dwarf = gimli::Dwarf::load(load).ok()?;
    Lines::from_dwarf(dwarf).ok()
}

#[cfg(test)]
mod tests {
    use super::written;

    #[test]
    fn names_are_as_their_authors_wrote_them() {
        let cases = [
            ("_ZN4core3fmt5Write9write_fmt17h0123456789abcdefE", Some("core::fmt::Write::write_fmt")),
            ("_RNvCskwGfYPst2Cb_3foo16example_function", Some("foo::example_function")),
            ("_ZN5Store4growEm", Some("Store::grow(unsigned long)")),
            ("_ZN2v84base2OS8AllocateEPvmmNS1_16MemoryPermissionE", Some("v8::base::OS::Allocate")),
            ("main", None),
            ("_Z", None),
            ("_ZN", None),
        ];
        for (name, wanted) in cases {
            assert_eq!(written(name).as_deref(), wanted, "{name}");
        }
    }
}
