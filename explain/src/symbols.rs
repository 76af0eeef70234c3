//! Numbers of C by their names.

use libc::*;

/// Which bits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Set {
    Prot,
    Map,
    Sync,
    Remap,
}

/// How no bits are written.
pub const fn nothing(of: Set) -> &'static str {
    match of {
        Set::Prot => "PROT_NONE",
        _ => "0",
    }
}

/// The first of the bits that has a name: which they are, and the name. `all`: what `rest` is left of.
pub fn next(of: Set, rest: u32, all: u32) -> Option<(u32, &'static str)> {
    if of == Set::Map && rest & MAP_TYPE as u32 == MAP_SHARED_VALIDATE as u32 {
        return Some((MAP_SHARED_VALIDATE as u32, "MAP_SHARED_VALIDATE"));
    }
    // Above MAP_HUGETLB stands the logarithm of the size, not a set of bits.
    if of == Set::Map && all & MAP_HUGETLB as u32 != 0 && rest.trailing_zeros() >= MAP_HUGE_SHIFT as u32 {
        let name = match rest >> MAP_HUGE_SHIFT {
            21 => "MAP_HUGE_2MB",
            30 => "MAP_HUGE_1GB",
            _ => return None,
        };
        return Some((rest, name));
    }
    (0..32)
        .map(|bit| 1 << bit)
        .filter(|bit| rest & bit != 0)
        .find_map(|bit| Some((bit, name(of, bit as i32)?)))
}

fn name(of: Set, bit: i32) -> Option<&'static str> {
    Some(match of {
        Set::Prot => match bit {
            PROT_READ => "PROT_READ",
            PROT_WRITE => "PROT_WRITE",
            PROT_EXEC => "PROT_EXEC",
            PROT_GROWSDOWN => "PROT_GROWSDOWN",
            PROT_GROWSUP => "PROT_GROWSUP",
            _ => return None,
        },
        Set::Map => match bit {
            MAP_SHARED => "MAP_SHARED",
            MAP_PRIVATE => "MAP_PRIVATE",
            8 => "MAP_DROPPABLE",
            MAP_FIXED => "MAP_FIXED",
            MAP_ANONYMOUS => "MAP_ANONYMOUS",
            #[cfg(target_arch = "x86_64")]
            MAP_32BIT => "MAP_32BIT",
            MAP_GROWSDOWN => "MAP_GROWSDOWN",
            MAP_DENYWRITE => "MAP_DENYWRITE",
            MAP_EXECUTABLE => "MAP_EXECUTABLE",
            MAP_LOCKED => "MAP_LOCKED",
            MAP_NORESERVE => "MAP_NORESERVE",
            MAP_POPULATE => "MAP_POPULATE",
            MAP_NONBLOCK => "MAP_NONBLOCK",
            MAP_STACK => "MAP_STACK",
            MAP_HUGETLB => "MAP_HUGETLB",
            MAP_SYNC => "MAP_SYNC",
            MAP_FIXED_NOREPLACE => "MAP_FIXED_NOREPLACE",
            _ => return None,
        },
        Set::Sync => match bit {
            MS_ASYNC => "MS_ASYNC",
            MS_INVALIDATE => "MS_INVALIDATE",
            MS_SYNC => "MS_SYNC",
            _ => return None,
        },
        Set::Remap => match bit {
            MREMAP_MAYMOVE => "MREMAP_MAYMOVE",
            MREMAP_FIXED => "MREMAP_FIXED",
            MREMAP_DONTUNMAP => "MREMAP_DONTUNMAP",
            _ => return None,
        },
    })
}

pub const fn lock_command(command: i32) -> &'static str {
    match command {
        F_SETLK => "F_SETLK",
        F_SETLKW => "F_SETLKW",
        F_GETLK => "F_GETLK",
        F_OFD_SETLK => "F_OFD_SETLK",
        F_OFD_SETLKW => "F_OFD_SETLKW",
        F_OFD_GETLK => "F_OFD_GETLK",
        _ => "?",
    }
}

pub const fn lock_kind(kind: i32) -> &'static str {
    match kind {
        F_RDLCK => "F_RDLCK",
        F_WRLCK => "F_WRLCK",
        F_UNLCK => "F_UNLCK",
        _ => "?",
    }
}

/// The errnos that these calls answer.
pub const ERRORS: [i32; 32] = [
    EPERM,
    ENOENT,
    EINTR,
    EIO,
    ENXIO,
    EBADF,
    EAGAIN,
    ENOMEM,
    EACCES,
    EFAULT,
    EBUSY,
    EEXIST,
    ENODEV,
    ENOTDIR,
    EISDIR,
    EINVAL,
    ENFILE,
    EMFILE,
    ETXTBSY,
    EFBIG,
    ENOSPC,
    EROFS,
    EDEADLK,
    ENAMETOOLONG,
    ENOLCK,
    ENOSYS,
    ELOOP,
    EOVERFLOW,
    EOPNOTSUPP,
    ETIMEDOUT,
    ESTALE,
    EDQUOT,
];

/// The name of an errno; empty: not one of ERRORS.
pub const fn error(errno: i32) -> &'static str {
    match errno {
        EPERM => "EPERM",
        ENOENT => "ENOENT",
        EINTR => "EINTR",
        EIO => "EIO",
        ENXIO => "ENXIO",
        EBADF => "EBADF",
        EAGAIN => "EAGAIN",
        ENOMEM => "ENOMEM",
        EACCES => "EACCES",
        EFAULT => "EFAULT",
        EBUSY => "EBUSY",
        EEXIST => "EEXIST",
        ENODEV => "ENODEV",
        ENOTDIR => "ENOTDIR",
        EISDIR => "EISDIR",
        EINVAL => "EINVAL",
        ENFILE => "ENFILE",
        EMFILE => "EMFILE",
        ETXTBSY => "ETXTBSY",
        EFBIG => "EFBIG",
        ENOSPC => "ENOSPC",
        EROFS => "EROFS",
        EDEADLK => "EDEADLK",
        ENAMETOOLONG => "ENAMETOOLONG",
        ENOLCK => "ENOLCK",
        ENOSYS => "ENOSYS",
        ELOOP => "ELOOP",
        EOVERFLOW => "EOVERFLOW",
        EOPNOTSUPP => "EOPNOTSUPP",
        ETIMEDOUT => "ETIMEDOUT",
        ESTALE => "ESTALE",
        EDQUOT => "EDQUOT",
        _ => "",
    }
}
