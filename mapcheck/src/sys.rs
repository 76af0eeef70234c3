//! The kernel, as the tracer needs it: the only file of mapcheck that has unsafe code. Each function is one call.
#![allow(unsafe_code)]

use crate::arch::Registers;
use std::ffi::CStr;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

pub type Pid = libc::pid_t;

/// What waitpid tells of a tracee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    Exited,
    Signaled,
    /// A system call's exit (PTRACE_O_TRACESYSGOOD).
    Syscall,
    /// A PTRACE_EVENT_*, and the signal that came with it (group stops).
    Ptrace(i32, i32),
    /// A signal is about to be delivered.
    Signal(i32),
}

fn check(result: libc::c_long) -> io::Result<libc::c_long> {
    if result == -1 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

fn ptrace(request: libc::c_uint, pid: Pid, addr: usize, data: usize) -> io::Result<libc::c_long> {
    // SAFETY: the requests made below read no memory of ours, or exactly what `data` points to, for the whole call.
    check(unsafe { libc::ptrace(request, pid, addr, data) })
}

/// Begins to trace a process (PTRACE_SEIZE): it is not stopped by that. `exits`: it and its children stop once more
/// when they end, with their memory still there.
pub fn seize(pid: Pid, exits: bool) -> io::Result<()> {
    let exit = if exits { libc::PTRACE_O_TRACEEXIT } else { 0 };
    let options = exit
        | libc::PTRACE_O_EXITKILL
        | libc::PTRACE_O_TRACESYSGOOD
        | libc::PTRACE_O_TRACECLONE
        | libc::PTRACE_O_TRACEFORK
        | libc::PTRACE_O_TRACEVFORK
        | libc::PTRACE_O_TRACEEXEC
        | libc::PTRACE_O_TRACESECCOMP;
    ptrace(libc::PTRACE_SEIZE, pid, 0, options as usize).map(drop)
}

/// Lets a tracee run, with a signal or 0.
pub fn resume(pid: Pid, signal: i32) -> io::Result<()> {
    ptrace(libc::PTRACE_CONT, pid, 0, signal as usize).map(drop)
}

/// Lets a tracee run to the next entry or exit of a system call.
pub fn resume_to_syscall(pid: Pid, signal: i32) -> io::Result<()> {
    ptrace(libc::PTRACE_SYSCALL, pid, 0, signal as usize).map(drop)
}

/// Lets a tracee go for good.
pub fn release(pid: Pid) -> io::Result<()> {
    ptrace(libc::PTRACE_DETACH, pid, 0, 0).map(drop)
}

/// Leaves a tracee in its group stop, waiting for SIGCONT.
pub fn listen(pid: Pid) -> io::Result<()> {
    ptrace(libc::PTRACE_LISTEN, pid, 0, 0).map(drop)
}

/// Asks a running tracee to stop.
pub fn interrupt(pid: Pid) -> io::Result<()> {
    ptrace(libc::PTRACE_INTERRUPT, pid, 0, 0).map(drop)
}

/// The number that belongs to a PTRACE_EVENT_*: a new pid, a former tid.
pub fn event_message(pid: Pid) -> io::Result<u64> {
    let mut message: libc::c_ulong = 0;
    ptrace(libc::PTRACE_GETEVENTMSG, pid, 0, &raw mut message as usize)?;
    Ok(message)
}

/// A signal on its way: number, code, address of a fault, sender.
#[derive(Clone, Copy, Debug)]
pub struct Siginfo {
    pub code: i32,
    pub address: u64,
    /// Of a signal that somebody sent; 0: from outside its PID namespace.
    pub sender: Pid,
}

pub fn siginfo(pid: Pid) -> io::Result<Siginfo> {
    let mut info = std::mem::MaybeUninit::<libc::siginfo_t>::zeroed();
    ptrace(libc::PTRACE_GETSIGINFO, pid, 0, info.as_mut_ptr() as usize)?;
    // SAFETY: all zeroes is a valid siginfo_t, and the kernel has filled it.
    let info = unsafe { info.assume_init() };
    // SAFETY: the field is plain bytes in every kind of siginfo; meaningful for faults only, as the caller knows.
    let address = unsafe { info.si_addr() } as u64;
    // SAFETY: as above; meaningful for signals that were sent.
    let sender = unsafe { info.si_pid() };
    Ok(Siginfo { code: info.si_code, address, sender })
}

pub fn registers(pid: Pid) -> io::Result<Registers> {
    let mut registers = Registers::default();
    let mut io = libc::iovec { iov_base: (&raw mut registers.0).cast(), iov_len: size_of_val(&registers.0) };
    ptrace(libc::PTRACE_GETREGSET, pid, NT_PRSTATUS, &raw mut io as usize)?;
    if io.iov_len != size_of_val(&registers.0) {
        return Err(io::Error::from_raw_os_error(libc::ENOEXEC)); // a 32-bit process
    }
    Ok(registers)
}

pub fn set_registers(pid: Pid, registers: &Registers) -> io::Result<()> {
    let mut io = libc::iovec {
        iov_base: (&raw const registers.0).cast_mut().cast(),
        iov_len: size_of_val(&registers.0),
    };
    ptrace(libc::PTRACE_SETREGSET, pid, NT_PRSTATUS, &raw mut io as usize).map(drop)
}

const NT_PRSTATUS: usize = 1;

/// Waits for any tracee (`pid` -1) or one, any thread. None: WNOHANG and nothing yet.
pub fn wait(pid: Pid, no_hang: bool) -> io::Result<Option<(Pid, Event)>> {
    let mut status = 0;
    let flags = libc::__WALL | if no_hang { libc::WNOHANG } else { 0 };
    loop {
        // SAFETY: writes one int of ours.
        match unsafe { libc::waitpid(pid, &raw mut status, flags) } {
            0 => return Ok(None),
            -1 => {
                let error = io::Error::last_os_error();
                if error.kind() != io::ErrorKind::Interrupted {
                    return Err(error);
                }
            }
            pid => return Ok(Some((pid, event(status)))),
        }
    }
}

fn event(status: i32) -> Event {
    if libc::WIFEXITED(status) {
        return Event::Exited;
    }
    if libc::WIFSIGNALED(status) {
        return Event::Signaled;
    }
    match (libc::WSTOPSIG(status), status >> 16) {
        (signal, 0) if signal == libc::SIGTRAP | 0x80 => Event::Syscall,
        (signal, 0) => Event::Signal(signal),
        (signal, event) => Event::Ptrace(event, signal),
    }
}

/// Reads another process's memory; how many bytes could be read from `address` on.
pub fn read_memory(pid: Pid, address: u64, into: &mut [u8]) -> usize {
    let local = libc::iovec { iov_base: into.as_mut_ptr().cast(), iov_len: into.len() };
    let remote = libc::iovec { iov_base: address as *mut libc::c_void, iov_len: into.len() };
    // SAFETY: writes at most into.len() bytes to `into`.
    let got = unsafe { libc::process_vm_readv(pid, &raw const local, 1, &raw const remote, 1, 0) };
    usize::try_from(got).unwrap_or(0)
}

/// Opens what descriptor `fd` of another process refers to (a copy of that very description).
pub fn borrow_descriptor(pid: Pid, fd: RawFd) -> io::Result<OwnedFd> {
    // SAFETY: plain numbers.
    let process = own(unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) })?;
    // SAFETY: plain numbers.
    own(unsafe { libc::syscall(libc::SYS_pidfd_getfd, process.as_raw_fd(), fd, 0) })
}

fn own(fd: libc::c_long) -> io::Result<OwnedFd> {
    let fd = check(fd)?;
    // SAFETY: the kernel has just given it to us, and nobody else knows of it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as RawFd) })
}

/// F_GET_SEALS: None where the file has none.
pub fn seals(fd: &OwnedFd) -> Option<i32> {
    // SAFETY: plain numbers.
    let seals = unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_GET_SEALS) };
    (seals >= 0).then_some(seals)
}

/// FS_IOC_GETFLAGS: the attributes that chattr sets.
pub fn inode_flags(fd: &OwnedFd) -> Option<u32> {
    const FS_IOC_GETFLAGS: libc::Ioctl = 0x8008_6601_u32 as libc::Ioctl;
    let mut flags: libc::c_long = 0;
    // SAFETY: the kernel writes at most one long (in fact an int).
    let result = unsafe { libc::ioctl(fd.as_raw_fd(), FS_IOC_GETFLAGS, &raw mut flags) };
    (result == 0).then_some(flags as u32)
}

/// F_OFD_GETLK: the lock in the way of another, or None.
pub fn lock_in_the_way(fd: &OwnedFd, exclusive: bool, start: i64, length: i64) -> Option<libc::flock> {
    let mut lock = libc::flock {
        l_type: if exclusive { libc::F_WRLCK } else { libc::F_RDLCK } as libc::c_short,
        l_whence: libc::SEEK_SET as libc::c_short,
        l_start: start,
        l_len: length,
        l_pid: 0,
    };
    // SAFETY: the kernel reads and writes one struct flock.
    let result = unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_OFD_GETLK, &raw mut lock) };
    (result == 0 && i32::from(lock.l_type) != libc::F_UNLCK).then_some(lock)
}

pub fn statfs(path: &CStr) -> io::Result<libc::statfs> {
    let mut result = std::mem::MaybeUninit::<libc::statfs>::zeroed();
    // SAFETY: a C string in, one struct statfs out.
    check(unsafe { libc::statfs(path.as_ptr(), result.as_mut_ptr()) }.into())?;
    // SAFETY: filled by the kernel.
    Ok(unsafe { result.assume_init() })
}

pub fn page_size() -> u64 {
    // SAFETY: a question.
    unsafe { libc::sysconf(libc::_SC_PAGESIZE) as u64 }
}

// Launching: what a process does to itself.

/// fork(2): 0 in the child. Only while this process has one thread.
pub fn fork() -> io::Result<Pid> {
    // SAFETY: one thread, so the child finds no lock held by another.
    check(unsafe { libc::fork() }.into()).map(|pid| pid as Pid)
}

/// Whether orphans below this process become its children: process 1 of a PID namespace, or a "subreaper".
pub fn adopts_orphans() -> bool {
    let mut subreaper: libc::c_int = 0;
    // SAFETY: writes one int.
    let _ = unsafe { libc::prctl(libc::PR_GET_CHILD_SUBREAPER, &raw mut subreaper) };
    std::process::id() == 1 || subreaper != 0
}

/// As fork(2), but the child's end sends no signal, and wait(2) does not see it (without __WALL).
pub fn fork_unseen() -> io::Result<Pid> {
    // SAFETY: no flag: the child has a copy of everything, on the same stack; one thread, as for `fork`.
    check(unsafe { libc::syscall(libc::SYS_clone, 0, 0, 0, 0, 0) }).map(|pid| pid as Pid)
}

/// Blocks all signals that can be blocked: process 1 may well send one to everybody, and the tracer must outlive it.
pub fn block_signals() {
    let mut set = std::mem::MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: initialises the set.
    unsafe { libc::sigfillset(set.as_mut_ptr()) };
    // SAFETY: an initialised set, and no old one asked for.
    unsafe { libc::sigprocmask(libc::SIG_BLOCK, set.as_ptr(), std::ptr::null_mut()) };
}

/// Ends this process without running anything.
pub fn exit_now(status: i32) -> ! {
    // SAFETY: no precondition.
    unsafe { libc::_exit(status) }
}

/// A session of one's own: no signal from the terminal comes here.
pub fn new_session() {
    // SAFETY: no precondition.
    let _ = unsafe { libc::setsid() };
}

/// Waits for a child that was just forked, and leaves no trace of it: its SIGCHLD is taken away if it is blocked.
pub fn forget_child(child: Pid) {
    reap(child);
    let mut set = std::mem::MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: initialises the set.
    unsafe { libc::sigemptyset(set.as_mut_ptr()) };
    // SAFETY: a valid set, a valid signal.
    unsafe { libc::sigaddset(set.as_mut_ptr(), libc::SIGCHLD) };
    let now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: an initialised set and a timespec; does nothing if no SIGCHLD is pending.
    unsafe { libc::sigtimedwait(set.as_ptr(), std::ptr::null_mut(), &raw const now) };
}

/// Whether a SIGCHLD waits already: then one more is no different.
pub fn sigchld_pending() -> bool {
    let mut set = std::mem::MaybeUninit::<libc::sigset_t>::zeroed();
    // SAFETY: writes the set.
    unsafe { libc::sigpending(set.as_mut_ptr()) };
    // SAFETY: the set was written.
    unsafe { libc::sigismember(set.as_ptr(), libc::SIGCHLD) == 1 }
}

/// Lets any process trace this one, where Yama asks (EINVAL without Yama, which is fine); 0 takes it back.
pub fn allow_tracer(any: bool) {
    let who: libc::c_ulong = if any { libc::c_ulong::MAX } else { 0 };
    // SAFETY: plain numbers.
    let _ = unsafe { libc::prctl(libc::PR_SET_PTRACER, who, 0, 0, 0) };
}

/// No core file of the tracer itself, should it ever crash.
pub fn no_core_file() {
    let none = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: reads one struct.
    let _ = unsafe { libc::setrlimit(libc::RLIMIT_CORE, &raw const none) };
}

/// Installs a seccomp filter for this process: with CAP_SYS_ADMIN as it is, else with no_new_privs.
pub fn install_filter(filter: &[libc::sock_filter]) -> io::Result<()> {
    let program = libc::sock_fprog { len: filter.len() as u16, filter: filter.as_ptr().cast_mut() };
    let install = || {
        // SAFETY: the kernel reads the program, borrowed for the call.
        check(unsafe {
            libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, 0, &raw const program)
        })
    };
    if install().is_ok() {
        return Ok(());
    }
    // SAFETY: plain numbers.
    check(unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) }.into())?;
    install().map(drop)
}

/// A pipe, closed by exec.
pub fn pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    let mut fds = [0; 2];
    // SAFETY: writes two ints.
    check(unsafe { libc::pipe2(fds.as_mut_ptr(), libc::O_CLOEXEC) }.into())?;
    Ok((own(fds[0].into())?, own(fds[1].into())?))
}

/// A copy of `fd`, closed by exec, numbered 3 or above.
pub fn duplicate(fd: RawFd) -> io::Result<OwnedFd> {
    // SAFETY: plain numbers.
    own(unsafe { libc::fcntl(fd, libc::F_DUPFD_CLOEXEC, 3) }.into())
}

/// Closes descriptors 0 to 2 of this process: whoever waits for their end must not wait for us.
pub fn close_standard() {
    for fd in 0..3 {
        // SAFETY: nothing of ours owns them.
        unsafe { libc::close(fd) };
    }
}

/// Replaces the program: returns only why it could not.
pub fn exec(path: &CStr, arguments: &[std::ffi::CString]) -> io::Error {
    let mut pointers: Vec<*const libc::c_char> = arguments.iter().map(|a| a.as_ptr()).collect();
    pointers.push(std::ptr::null());
    // SAFETY: two NULL-terminated arrays of C strings; `environ` is changed by nobody, there is one thread.
    unsafe { libc::execve(path.as_ptr(), pointers.as_ptr(), environment()) };
    io::Error::last_os_error()
}

fn environment() -> *const *const libc::c_char {
    unsafe extern "C" {
        static environ: *const *const libc::c_char;
    }
    // SAFETY: libc's own variable; there is one thread and nobody changes it.
    unsafe { environ }
}

/// Whether two processes share their memory.
pub fn same_memory(a: Pid, b: Pid) -> bool {
    const KCMP_VM: i32 = 1;
    // SAFETY: plain numbers.
    unsafe { libc::syscall(libc::SYS_kcmp, a, b, KCMP_VM, 0, 0) == 0 }
}

/// Whether it may execute the file, as exec will decide.
pub fn may_execute(path: &CStr) -> io::Result<()> {
    // SAFETY: a C string.
    check(unsafe { libc::faccessat(libc::AT_FDCWD, path.as_ptr(), libc::X_OK, libc::AT_EACCESS) }.into())
        .map(drop)
}

/// Waits for a child.
pub fn reap(child: Pid) {
    let mut status = 0;
    // SAFETY: writes one int. ECHILD if SIGCHLD is ignored: then it waited, and that is all that is wanted.
    while unsafe { libc::waitpid(child, &raw mut status, 0) } == -1
        && io::Error::last_os_error().kind() == io::ErrorKind::Interrupted
    {}
}

/// One word of another process's memory.
pub fn read_word(pid: Pid, address: u64) -> Option<u64> {
    let mut bytes = [0; 8];
    (read_memory(pid, address, &mut bytes) == 8).then(|| u64::from_ne_bytes(bytes))
}

/// Writes one word into a stopped tracee, whatever its page allows.
pub fn poke(pid: Pid, address: u64, value: u64) {
    let _ = ptrace(libc::PTRACE_POKEDATA, pid, address as usize, value as usize);
}

/// A C string of another process.
pub fn read_string(pid: Pid, address: u64) -> Option<String> {
    let mut bytes = vec![0; libc::PATH_MAX as usize];
    let got = read_memory(pid, address, &mut bytes);
    let end = bytes.get(..got)?.iter().position(|&b| b == 0)?;
    Some(String::from_utf8_lossy(bytes.get(..end)?).into_owned())
}

/// A struct flock of another process.
pub fn read_lock(pid: Pid, address: u64) -> Option<libc::flock> {
    let mut bytes = [0; size_of::<libc::flock>()];
    if read_memory(pid, address, &mut bytes) != bytes.len() {
        return None;
    }
    // SAFETY: integers only: any bytes are a value; read_unaligned asks nothing of the alignment.
    Some(unsafe { bytes.as_ptr().cast::<libc::flock>().read_unaligned() })
}

/// Whether the file's file system forbids execution.
pub fn mounted_noexec(path: &CStr) -> bool {
    let mut result = std::mem::MaybeUninit::<libc::statvfs>::zeroed();
    // SAFETY: a C string in, one struct statvfs out.
    if unsafe { libc::statvfs(path.as_ptr(), result.as_mut_ptr()) } != 0 {
        return false;
    }
    // SAFETY: filled by the kernel.
    unsafe { result.assume_init() }.f_flag & libc::ST_NOEXEC != 0
}

/// Whether a thread that is stopped for a system call stands at its exit.
pub fn at_exit(pid: Pid) -> bool {
    const GET_SYSCALL_INFO: libc::c_uint = 0x420e;
    const EXIT: u8 = 2;
    let mut info = [0_u64; 12];
    let got = ptrace(GET_SYSCALL_INFO, pid, size_of_val(&info), info.as_mut_ptr() as usize);
    got.is_ok() && info.first().is_some_and(|word| word.to_ne_bytes()[0] == EXIT)
}

/// The signals that a stopped thread blocks.
pub fn signal_mask(pid: Pid) -> io::Result<u64> {
    const GETSIGMASK: libc::c_uint = 0x420a;
    let mut mask = 0_u64;
    ptrace(GETSIGMASK, pid, size_of_val(&mask), &raw mut mask as usize)?;
    Ok(mask)
}

pub fn set_signal_mask(pid: Pid, mask: u64) -> io::Result<()> {
    const SETSIGMASK: libc::c_uint = 0x420b;
    ptrace(SETSIGMASK, pid, size_of_val(&mask), &raw const mask as usize).map(drop)
}

/// An ioctl that fills in a structure: what it returns.
pub fn ioctl<T>(file: &std::fs::File, request: libc::c_ulong, structure: &mut T) -> io::Result<usize> {
    // SAFETY: the number says how large the structure is that the kernel reads and writes; what that points to, the
    // caller has.
    let result = unsafe { libc::ioctl(file.as_raw_fd(), request, std::ptr::from_mut(structure)) };
    usize::try_from(result).map_err(|_| io::Error::last_os_error())
}

/// Sends a signal to a thread.
pub fn send(group: Pid, tid: Pid, signal: i32) {
    // SAFETY: plain numbers.
    let _ = unsafe { libc::syscall(libc::SYS_tgkill, group, tid, signal) };
}

/// Makes a thread stop before it executes an instruction (debug register 0).
#[cfg(target_arch = "x86_64")]
pub fn break_at(pid: Pid, address: u64) {
    const REGISTERS: usize = std::mem::offset_of!(libc::user, u_debugreg);
    let set = ptrace(libc::PTRACE_POKEUSER, pid, REGISTERS, address as usize);
    if set.is_ok() {
        let _ = ptrace(libc::PTRACE_POKEUSER, pid, REGISTERS + 7 * 8, 1); // local, on execution, one byte
    }
}

#[cfg(not(target_arch = "x86_64"))]
pub fn break_at(_: Pid, _: u64) {}

/// Makes a thread stop after it has read or written the 8 bytes at an address (debug registers 1 and 2; 0 stays as it
/// is). None: no longer.
#[cfg(target_arch = "x86_64")]
pub fn watch(pid: Pid, address: Option<u64>) -> io::Result<()> {
    const DEBUG: usize = std::mem::offset_of!(libc::user, u_debugreg);
    let poke = |register: usize, value: u64| {
        ptrace(libc::PTRACE_POKEUSER, pid, DEBUG + register * 8, value as usize).map(drop)
    };
    let kept = peek_debug(pid, 7)? & 1;
    poke(7, kept)?;
    poke(6, 0)?;
    let Some(address) = address else { return Ok(()) };
    poke(1, address)?;
    poke(2, address)?;
    // 1: any access, 2: stores only; of eight bytes; both for this thread
    poke(7, kept | 0b1011 << 20 | 0b1001 << 24 | 1 << 2 | 1 << 4)
}

/// What was done to the watched bytes since this was last asked: (anything, a store). None: nothing.
#[cfg(target_arch = "x86_64")]
pub fn watched(pid: Pid) -> Option<bool> {
    const STATUS: usize = std::mem::offset_of!(libc::user, u_debugreg) + 6 * 8;
    let status = peek_debug(pid, 6).ok()?;
    let _ = ptrace(libc::PTRACE_POKEUSER, pid, STATUS, 0);
    (status & 0b110 != 0).then_some(status & 0b100 != 0)
}

#[cfg(target_arch = "x86_64")]
fn peek_debug(pid: Pid, register: usize) -> io::Result<u64> {
    const DEBUG: usize = std::mem::offset_of!(libc::user, u_debugreg);
    let mut value = 0_u64;
    // the system call itself stores the word where the fourth argument points to
    // SAFETY: one word of ours.
    let result = unsafe {
        libc::syscall(libc::SYS_ptrace, libc::PTRACE_PEEKUSER, pid, DEBUG + register * 8, &raw mut value)
    };
    check(result).map(|_| value)
}

#[cfg(not(target_arch = "x86_64"))]
pub fn watch(_: Pid, _: Option<u64>) -> io::Result<()> {
    Err(io::Error::from_raw_os_error(libc::ENOSYS))
}

#[cfg(not(target_arch = "x86_64"))]
pub fn watched(_: Pid) -> Option<bool> {
    None
}

/// Columns of a terminal; None: it is none.
pub fn columns(fd: RawFd) -> Option<usize> {
    let mut size = libc::winsize { ws_row: 0, ws_col: 0, ws_xpixel: 0, ws_ypixel: 0 };
    // SAFETY: the kernel fills one struct winsize.
    let result = unsafe { libc::ioctl(fd, libc::TIOCGWINSZ, &raw mut size) };
    (result == 0 && size.ws_col > 20).then_some(size.ws_col.into())
}
