//! The seccomp filter: which system calls stop for us. Everything else runs at full speed.

use crate::arch::AUDIT_ARCH;
use libc::sock_filter;

// linux/bpf_common.h
const LOAD_WORD: u16 = 0x20; // BPF_LD | BPF_W | BPF_ABS
const JUMP_EQUAL: u16 = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
const JUMP_BITS: u16 = 0x45; // BPF_JMP | BPF_JSET | BPF_K
const RETURN: u16 = 0x06; // BPF_RET | BPF_K

// struct seccomp_data
const NUMBER: u32 = 0;
const ARCH: u32 = 4;
const ARGUMENT_0: u32 = 16;
const ARGUMENT_1: u32 = 24;
const ARGUMENT_2: u32 = 32;

/// Calls of the x32 ABI have this bit; we leave them alone.
const X32: u32 = 0x4000_0000;

/// Calls that always stop. clone3 because its flags lie in memory, where a filter cannot look: CLONE_UNTRACED would
/// make a child whose filtered calls nobody answers.
const CALLS: [libc::c_long; 14] = [
    libc::SYS_mmap,
    libc::SYS_munmap,
    libc::SYS_msync,
    libc::SYS_mprotect,
    libc::SYS_mremap,
    libc::SYS_truncate,
    libc::SYS_ftruncate,
    libc::SYS_exit_group,
    libc::SYS_execve,
    libc::SYS_execveat,
    libc::SYS_ptrace,
    libc::SYS_clone3,
    MSEAL,
    libc::SYS_openat2, // rare, and its flags lie in memory, too
];

/// mseal (Linux 6.10), the same on all machines.
pub const MSEAL: libc::c_long = 462;

/// The fcntl commands that take or give back a lock.
pub const LOCK_COMMANDS: [i32; 4] = [libc::F_SETLK, libc::F_SETLKW, libc::F_OFD_SETLK, libc::F_OFD_SETLKW];

/// What madvise may say of memory and children.
pub const FORK_ADVICE: [i32; 2] = [libc::MADV_DONTFORK, libc::MADV_DOFORK];

/// What stops in every process.
pub fn first() -> Vec<sock_filter> {
    let mut f = prologue();
    #[cfg(target_arch = "x86_64")]
    f.extend(when(libc::SYS_creat, &[ret(libc::SECCOMP_RET_TRACE)]));
    f.extend(CALLS.iter().flat_map(|&call| when(call, &[ret(libc::SECCOMP_RET_TRACE)])));
    let mut commands = vec![load(ARGUMENT_1)];
    for command in LOCK_COMMANDS {
        commands.push(jump(JUMP_EQUAL, command as u32, 0, 1));
        commands.push(ret(libc::SECCOMP_RET_TRACE));
    }
    commands.push(ret(libc::SECCOMP_RET_ALLOW));
    f.extend(when(libc::SYS_fcntl, &commands));
    f.extend(when(
        libc::SYS_clone,
        &[
            load(ARGUMENT_0),
            jump(JUMP_BITS, libc::CLONE_UNTRACED as u32, 0, 1),
            ret(libc::SECCOMP_RET_TRACE),
            ret(libc::SECCOMP_RET_ALLOW),
        ],
    ));
    let mut advice = vec![load(ARGUMENT_2)];
    for kind in FORK_ADVICE {
        advice.push(jump(JUMP_EQUAL, kind as u32, 0, 1));
        advice.push(ret(libc::SECCOMP_RET_TRACE));
    }
    advice.push(ret(libc::SECCOMP_RET_ALLOW));
    f.extend(when(libc::SYS_madvise, &advice));
    for (call, argument) in EMPTYING {
        f.extend(when(
            call,
            &[
                load(argument),
                jump(JUMP_BITS, libc::O_TRUNC as u32, 0, 1),
                ret(libc::SECCOMP_RET_TRACE),
                ret(libc::SECCOMP_RET_ALLOW),
            ],
        ));
    }
    f.push(ret(libc::SECCOMP_RET_ALLOW));
    f
}

/// Calls that may empty a file, and where their flags are.
#[cfg(target_arch = "x86_64")]
const EMPTYING: [(libc::c_long, u32); 2] = [(libc::SYS_openat, ARGUMENT_2), (libc::SYS_open, ARGUMENT_1)];
#[cfg(not(target_arch = "x86_64"))]
const EMPTYING: [(libc::c_long, u32); 1] = [(libc::SYS_openat, ARGUMENT_2)];

/// What stops too, from a process's first POSIX lock on: the calls that close a descriptor.
pub fn closing() -> Vec<sock_filter> {
    let mut f = prologue();
    for call in CLOSING {
        f.extend(when(call, &[ret(libc::SECCOMP_RET_TRACE)]));
    }
    f.push(ret(libc::SECCOMP_RET_ALLOW));
    f
}

#[cfg(target_arch = "x86_64")]
pub const CLOSING: [libc::c_long; 4] =
    [libc::SYS_close, libc::SYS_dup2, libc::SYS_dup3, libc::SYS_close_range];
#[cfg(not(target_arch = "x86_64"))]
pub const CLOSING: [libc::c_long; 3] = [libc::SYS_close, libc::SYS_dup3, libc::SYS_close_range];

/// Allows the calls of another architecture; leaves the call's number in the accumulator.
fn prologue() -> Vec<sock_filter> {
    vec![
        load(ARCH),
        jump(JUMP_EQUAL, AUDIT_ARCH, 1, 0),
        ret(libc::SECCOMP_RET_ALLOW),
        load(NUMBER),
        jump(JUMP_BITS, X32, 0, 1),
        ret(libc::SECCOMP_RET_ALLOW),
    ]
}

fn when(call: libc::c_long, then: &[sock_filter]) -> Vec<sock_filter> {
    let mut f = vec![jump(JUMP_EQUAL, call as u32, 0, then.len() as u8)];
    f.extend_from_slice(then);
    f
}

fn load(offset: u32) -> sock_filter {
    sock_filter { code: LOAD_WORD, jt: 0, jf: 0, k: offset }
}

fn jump(code: u16, value: u32, yes: u8, no: u8) -> sock_filter {
    sock_filter { code, jt: yes, jf: no, k: value }
}

fn ret(action: u32) -> sock_filter {
    sock_filter { code: RETURN, jt: 0, jf: 0, k: action }
}
