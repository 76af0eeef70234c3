//! The values that sentences name. Each type is written its own way, the same in every sentence of a language.

use super::call::Call;
use super::name::Name;
pub use super::symbols::Set;

/// A value, lent to the sentence that names it.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    Bytes(u64),
    Pages(u64),
    Times(u64),
    Number(i64),
    Address(u64),
    File(&'a Name),
    Place(&'a Name),
    Memory(&'a Name),
    Site(&'a Name),
    Word(&'static str),
    Symbols(Symbols),
    Term(Term),
    Error(i32),
    Last(Option<u64>),
    Call(&'a Call),
    Why,
}

macro_rules! values {
    ($($(#[$doc:meta])* $Name:ident($Type:ty);)*) => {
        $($(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub struct $Name(pub $Type);

        impl From<&$Name> for Value<'_> {
            fn from(value: &$Name) -> Self {
                Value::$Name(value.0)
            }
        })*
    };
}

values! {
    /// "4096 bytes", "1 byte"; from a mebibyte on with the larger unit in parentheses.
    Bytes(u64);
    /// "3 pages".
    Pages(u64);
    /// "3 times", "once".
    Times(u64);
    /// A plain number: a descriptor, an offset, a byte's place, a process.
    Number(i64);
    /// In hexadecimal.
    Address(u64);
    /// A word of C that no language translates: "mmap", "F_SEAL_WRITE".
    Word(&'static str);
    /// An errno: its text and its name.
    Error(i32);
    /// The last byte of a range; None: the end of the file.
    Last(Option<u64>);
}

macro_rules! names {
    ($($(#[$doc:meta])* $Name:ident;)*) => {
        $($(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub struct $Name(pub Name);

        impl<'a> From<&'a $Name> for Value<'a> {
            fn from(value: &'a $Name) -> Self {
                Value::$Name(&value.0)
            }
        })*
    };
}

names! {
    /// A file, in quotation marks; not known: "the file".
    File;
    /// A mount point or a directory, in quotation marks; not known: "its file system".
    Place;
    /// What is mapped: a file's name in quotation marks, or "anonymous memory".
    Memory;
    /// A place in the program, as "tp3.c:41"; not known: "an unknown place".
    Site;
}

/// The reason of an earlier failure: a message of its own, given apart. See `say`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Why;

impl From<&Why> for Value<'_> {
    fn from(_: &Why) -> Self {
        Value::Why
    }
}

impl<'a> From<&'a Call> for Value<'a> {
    fn from(value: &'a Call) -> Self {
        Value::Call(value)
    }
}

/// Bits of C, written as symbols: PROT_READ|PROT_WRITE; what has no name, in hexadecimal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Symbols {
    pub of: Set,
    pub bits: u32,
}

impl From<&Symbols> for Value<'_> {
    fn from(value: &Symbols) -> Self {
        Value::Symbols(*value)
    }
}

impl From<&Term> for Value<'_> {
    fn from(value: &Term) -> Self {
        Value::Term(*value)
    }
}

macro_rules! terms {
    ($(#[$doc:meta])* $($Name:ident,)*) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub enum Term { $($Name,)* }

        impl Term {
            pub const ALL: &'static [Term] = &[$(Term::$Name,)*];
        }
    };
}

terms! {
    /// Short phrases that sentences take in, each language its own.

    // What cannot be mapped …
    Directory,
    Pipe,
    Socket,
    Terminal,
    NullDevice,
    Device,
    Descriptor,
    PseudoFile,
    OtherFile,
    // … and what to do instead.
    OpenInside,
    Redirect,
    Read,
    OnlyRead,
    Anonymous,
    // For what is not known.
    TheFile,
    AnonymousMemory,
    ItsFileSystem,
    UnknownPlace,
    TheEnd,
    ReasonUnknown,
    // Units: for one, and for more.
    Byte,
    Bytes,
    Page,
    Pages,
    Once,
    Times,
    // 2^20, 2^30, … 2^60 bytes.
    Mebi,
    Gibi,
    Tebi,
    Pebi,
    Exbi,
    // Marks.
    QuoteOpen,
    QuoteClose,
    ParenthesisOpen,
    ParenthesisClose,
    Point,
}
