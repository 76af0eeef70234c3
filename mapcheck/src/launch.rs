//! Starting the program. The process that the user started becomes the program; the tracer is its grandchild, in a
//! session of its own. So the program's parent, process group, terminal, signals and exit status are exactly those
//! that it would have without us, and whoever sends a signal to what he started reaches the program, once.

use crate::options::Options;
use crate::words::{self, Note};
use crate::{filter, picture, sys, tracer};
use object::elf;
use std::ffi::{CString, OsStr};
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// mapcheck itself could not do its work (as timeout(1) and env(1) have it).
pub const FAILED: i32 = 125;
const NOT_EXECUTABLE: i32 = 126;
const NOT_FOUND: i32 = 127;

/// Never returns but to say which status to end with.
pub fn launch(options: Options) -> i32 {
    let path = match find(&options.command[0]) {
        Ok(path) => path,
        Err(status) => {
            let note = if status == NOT_FOUND { Note::NotFound } else { Note::NotExecutable };
            words::say(&options, note, &options.command[0].to_string_lossy());
            return status;
        }
    };
    let (Ok(name), Ok(arguments)) = (
        CString::new(path.as_os_str().as_bytes()),
        options.command.iter().map(|a| CString::new(a.as_bytes())).collect::<Result<Vec<_>, _>>(),
    ) else {
        return FAILED;
    };
    if let Some(note) = untraceable(&path) {
        words::say(&options, note, &path.to_string_lossy());
    } else if let Err(status) = trace_me(&options) {
        return status;
    }
    let error = run(&path, &name, arguments);
    words::say(&options, Note::NotExecutable, &format!("{}: {error}", path.display()));
    if error.kind() == std::io::ErrorKind::NotFound { NOT_FOUND } else { NOT_EXECUTABLE }
}

/// Becomes the program; returns only why it could not. What the kernel does not know how to run is a script for the
/// shell, as execvp has it, unless it is an ELF file, of which the shell could only say worse.
fn run(path: &Path, name: &CString, mut arguments: Vec<CString>) -> std::io::Error {
    let error = sys::exec(name, &arguments);
    let mut head = [0; 4];
    let read = std::fs::File::open(path).and_then(|mut file| file.read(&mut head));
    if error.raw_os_error() != Some(libc::ENOEXEC) || read.is_ok_and(|n| head[..n] == elf::ELFMAG) {
        return error;
    }
    arguments.splice(..1, [c"/bin/sh".to_owned(), name.clone()]);
    sys::exec(c"/bin/sh", &arguments)
}

/// Starts the tracer, waits until it holds this process, and installs the filter.
fn trace_me(options: &Options) -> Result<(), i32> {
    let give_up = |note, why: &str| {
        words::say(options, note, why);
        Err(FAILED)
    };
    let (Ok((mut ready, tell)), pending) =
        (sys::pipe().map(|(r, w)| (std::fs::File::from(r), w)), sys::sigchld_pending())
    else {
        return give_up(Note::NoTracer, "pipe");
    };
    let report = match crate::report::Report::open(options) {
        Ok(report) => report,
        Err(why) => return give_up(Note::CannotWrite, &why),
    };
    let picture = match options.picture.as_deref().map(picture::Target::open).transpose() {
        Ok(target) => target.map(|target| picture::Record::new(target, options)),
        Err(why) => return give_up(Note::CannotWrite, &why),
    };
    let program = std::process::id() as sys::Pid;
    if std::fs::read_link("/proc/self").is_ok_and(|own| own.as_os_str() != program.to_string().as_str()) {
        return give_up(Note::ForeignProc, "");
    }
    sys::allow_tracer(true);
    // The program must have no child that it does not know of. Who adopts orphans would have the tracer, too: there it
    // is a child that no wait() sees.
    let adopts = sys::adopts_orphans();
    match if adopts { sys::fork_unseen() } else { sys::fork() } {
        Err(error) => return give_up(Note::NoTracer, &error.to_string()),
        Ok(0) => {
            // the one in between dies at once
            if !adopts && !matches!(sys::fork(), Ok(0)) {
                sys::exit_now(0);
            }
            sys::new_session();
            sys::block_signals();
            sys::no_core_file();
            drop(ready);
            sys::exit_now(hold(program, std::fs::File::from(tell), report, picture, options));
        }
        Ok(between) => {
            drop(tell);
            drop(report);
            drop(picture);
            if adopts {
                // it stays
            } else if pending {
                sys::reap(between)
            } else {
                sys::forget_child(between)
            }
        }
    }
    let mut answer = [0; 4];
    let answered = ready.read_exact(&mut answer);
    sys::allow_tracer(false);
    match (answered, i32::from_ne_bytes(answer)) {
        (Ok(()), 0) => {}
        (Ok(()), errno) => {
            return give_up(Note::NoTracer, &std::io::Error::from_raw_os_error(errno).to_string());
        }
        (Err(_), _) => return give_up(Note::NoTracer, ""),
    }
    match sys::install_filter(&filter::first()) {
        Ok(()) => Ok(()),
        Err(error) => give_up(Note::NoFilter, &error.to_string()),
    }
}

/// The tracer's life.
fn hold(
    program: sys::Pid,
    mut tell: std::fs::File,
    report: crate::report::Report,
    picture: Option<picture::Record>,
    options: &Options,
) -> i32 {
    let seized = sys::seize(program, picture.is_some());
    let errno = seized.as_ref().err().and_then(std::io::Error::raw_os_error).unwrap_or(0);
    let told = tell.write_all(&errno.to_ne_bytes());
    drop(tell);
    if errno != 0 || told.is_err() {
        return FAILED;
    }
    sys::close_standard();
    tracer::run(program, report, picture, options);
    0
}

/// Where execvp would look.
fn find(name: &OsStr) -> Result<PathBuf, i32> {
    if name.as_bytes().contains(&b'/') {
        return usable(Path::new(name));
    }
    let path = std::env::var_os("PATH").unwrap_or_else(|| "/bin:/usr/bin".into());
    let mut best = NOT_FOUND;
    for directory in std::env::split_paths(&path) {
        match usable(&directory.join(name)) {
            Ok(found) => return Ok(if found.is_absolute() { found } else { Path::new(".").join(found) }),
            Err(status) => best = best.min(status),
        }
    }
    Err(best)
}

fn usable(path: &Path) -> Result<PathBuf, i32> {
    let status = match std::fs::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => NOT_EXECUTABLE,
        Err(_) => NOT_FOUND,
        Ok(data) if data.is_file() && data.permissions().mode() & 0o111 != 0 => {
            let name = CString::new(path.as_os_str().as_bytes()).map_err(|_| NOT_FOUND)?;
            return sys::may_execute(&name).map(|()| path.to_owned()).map_err(|_| NOT_EXECUTABLE);
        }
        Ok(_) => NOT_EXECUTABLE,
    };
    Err(status)
}

/// Programs that are run as they are, without us: the filter would take a set-uid program's privileges away, and we
/// know nothing of other machines.
fn untraceable(path: &Path) -> Option<Note> {
    if privileged(path) {
        return Some(Note::SetUid);
    }
    let mut head = [0; 20];
    std::fs::File::open(path).ok()?.read_exact(&mut head).ok()?;
    foreign(&head).then_some(Note::OtherMachine)
}

/// Set-uid or set-gid to somebody else than who we are already.
pub fn privileged(path: &Path) -> bool {
    let (Ok(data), Ok(me)) = (std::fs::metadata(path), std::fs::metadata("/proc/self")) else {
        return false;
    };
    data.mode() & libc::S_ISUID != 0 && data.uid() != me.uid()
        || data.mode() & (libc::S_ISGID | libc::S_IXGRP) == libc::S_ISGID | libc::S_IXGRP
            && data.gid() != me.gid()
}

/// Whether an ELF header is one that we do not understand.
pub fn foreign(head: &[u8; 20]) -> bool {
    head.starts_with(&elf::ELFMAG)
        && (head[4] != elf::ELFCLASS64
            || u16::from_le_bytes([head[18], head[19]]) != crate::arch::ELF_MACHINE)
}
