//! What a file, or the descriptor that leads to it, has to do with a failure.

use super::super::call::Call;
use super::super::cause::Cause;
use super::super::facts::{Descriptor, Of, Witness};
use super::super::value::*;
use super::map::{Asked, refused};
use libc::*;

/// File systems whose files the kernel writes at each read.
const PSEUDO: [u64; 11] = [
    0x9fa0,      // proc
    0x6265_6572, // sysfs
    0x6462_6720, // debugfs
    0x7472_6163, // tracefs
    0x0027_e0eb, // cgroup
    0x6367_7270, // cgroup2
    0x7363_6673, // securityfs
    0xf97c_ff8c, // selinuxfs
    0x6265_6570, // configfs
    0xcafe_4a11, // bpf
    0x6165_676c, // pstore
];

/// File systems whose files live on another machine, as often as not on the host of a virtual one.
const SHARED: [(u64, &str); 5] = [
    (0x786f_4256, "VirtualBox (vboxsf)"),
    (0x0102_1997, "9p"),
    (0x6573_5546, "FUSE"),
    (0xbacb_acbc, "VMware (hgfs)"),
    (0x7c7c_6673, "Parallels (prl_fs)"),
];

const HUGETLBFS: u64 = 0x9584_58f6;

/// EBADF: the descriptor.
pub fn bad_descriptor(fd: i32, witness: &dyn Witness) -> Option<Cause> {
    match witness.descriptor(fd)? {
        Descriptor::Closed => Some(Cause::FdInvalid { fd: Number(fd.into()) }),
        Descriptor::Open(flags) if flags & O_PATH != 0 => {
            let file = File(witness.name(Of::Descriptor(fd)));
            Some(Cause::FdPathOnly { fd: Number(fd.into()), file })
        }
        Descriptor::Open(_) => None,
    }
}

/// The length was 0, and so is the file's size.
pub fn empty(of: Of<'_>, witness: &dyn Witness) -> Option<Cause> {
    let stat = witness.file(of)?;
    if stat.mode & S_IFMT != S_IFREG || stat.size != 0 {
        return None;
    }
    let file = File(witness.name(of));
    Some(if pseudo(of, witness)? { Cause::LengthZeroPseudo { file } } else { Cause::FileEmpty { file } })
}

/// What is no file that can be mapped. Some kinds never can; for the others it takes the kernel's word, by `errno`.
pub fn not_mappable(of: Of<'_>, errno: i32, witness: &dyn Witness) -> Option<Cause> {
    let stat = witness.file(of)?;
    let (what, instead) = match (stat.mode & S_IFMT, stat.device) {
        (S_IFDIR, _) => (Term::Directory, Term::OpenInside),
        (S_IFIFO, _) => (Term::Pipe, Term::Redirect),
        (S_IFSOCK, _) => (Term::Socket, Term::Read),
        (S_IFCHR, (4 | 5 | 136..=143, _)) => (Term::Terminal, Term::Redirect),
        (S_IFCHR, (1, 3)) => (Term::NullDevice, Term::Anonymous),
        _ if !matches!(errno, ENODEV | EIO) => return None,
        (S_IFREG, _) if pseudo(of, witness)? => (Term::PseudoFile, Term::OnlyRead),
        _ if errno != ENODEV => return None,
        (S_IFCHR | S_IFBLK, _) => (Term::Device, Term::Read),
        (S_IFREG, _) => (Term::OtherFile, Term::Read),
        (0, _) => (Term::Descriptor, Term::Read),
        _ => return None,
    };
    Some(Cause::NotMappable { file: File(witness.name(of)), what, instead })
}

/// A folder of the host, or of another machine.
pub fn shared_folder(of: Of<'_>, witness: &dyn Witness) -> Option<Cause> {
    if witness.file(of)?.mode & S_IFMT != S_IFREG {
        return None;
    }
    let magic = witness.file_system(of)?.magic;
    let (_, system) = SHARED.iter().find(|(shared, _)| *shared == magic)?;
    Some(Cause::SharedFolder { file: File(witness.name(of)), system: Word(system) })
}

/// Sealed against writing. A shared mapping of a file open for writing is refused for it; until Linux 6.7 even one
/// that is only read.
pub fn sealed(of: Of<'_>, witness: &dyn Witness) -> Option<Cause> {
    let seals = witness.seals(of)? as i32;
    let seal = match seals {
        _ if seals & F_SEAL_WRITE != 0 => "F_SEAL_WRITE",
        _ if seals & F_SEAL_FUTURE_WRITE != 0 => "F_SEAL_FUTURE_WRITE",
        _ => return None,
    };
    Some(Cause::Sealed { file: File(witness.name(of)), seal: Word(seal) })
}

/// PROT_EXEC on a file system mounted noexec.
pub fn no_exec(of: Of<'_>, witness: &dyn Witness) -> Option<Cause> {
    let no_exec = witness.file_system(of)?.no_exec;
    no_exec.then(|| Cause::NoexecMount { file: File(witness.name(of)), mount: Place(witness.mount(of)) })
}

/// A file of an ordinary file system, without huge pages.
pub fn ordinary(of: Of<'_>, witness: &dyn Witness) -> Option<bool> {
    Some(witness.file_system(of)?.magic != HUGETLBFS)
}

fn pseudo(of: Of<'_>, witness: &dyn Witness) -> Option<bool> {
    Some(PSEUDO.contains(&witness.file_system(of)?.magic))
}

/// Why mm_map_file or mm_create_file failed: each opens the file, then maps it.
#[inline(never)] // its stack is needed only here
pub fn opened(call: &Call, errno: i32, witness: &dyn Witness) -> Option<Cause> {
    match *call {
        Call::MapFile { path, prot, flags } => {
            let bits = flags & (MAP_ANONYMOUS | MAP_FIXED | MAP_FIXED_NOREPLACE);
            if errno == EINVAL && flags & MAP_TYPE != 0 && bits != 0 {
                let bits = Symbols { of: Set::Map, bits: bits as u32 };
                return Some(Cause::FlagUnsupported { call: Word("mm_map_file"), bits });
            }
            let path = witness.path(path);
            let of = Of::Path(&path);
            // Without a type it fails before the file is looked at.
            let length = if flags & MAP_TYPE == 0 { 1 } else { witness.file(of)?.size };
            let asked = Asked { addr: 0, length, prot, flags, file: Some(of), offset: 0 };
            append_only(of, errno, witness).or_else(|| refused(&asked, errno, witness))
        }
        Call::CreateFile { length: 0, .. } if errno == EINVAL => {
            Some(Cause::LengthZero { call: Word("mm_create_file") })
        }
        Call::CreateFile { length, .. } if errno == EFBIG && (length as i64) < 0 => {
            Some(Cause::LengthNegative { call: Word("mm_create_file"), length: Number(length as i64) })
        }
        Call::CreateFile { path, length, .. } => {
            let path = witness.path(path);
            let of = Of::Path(&path);
            if errno == ENOSPC {
                let free = witness.file_system(of)?.free;
                let (file, mount) = (File(witness.name(of)), Place(witness.mount(of)));
                return Some(Cause::DiskFull { file, length: Bytes(length), free: Bytes(free), mount });
            }
            let (prot, flags) = (PROT_READ | PROT_WRITE, MAP_SHARED);
            let asked = Asked { addr: 0, length, prot, flags, file: Some(of), offset: 0 };
            append_only(of, errno, witness).or_else(|| refused(&asked, errno, witness))
        }
        _ => None,
    }
}

/// An append-only file cannot be opened for writing at any place.
fn append_only(of: Of<'_>, errno: i32, witness: &dyn Witness) -> Option<Cause> {
    let append_only = matches!(errno, EPERM | EACCES) && witness.file(of)?.append_only == Some(true);
    append_only.then(|| Cause::InodeAppendOnly { file: File(witness.name(of)) })
}
