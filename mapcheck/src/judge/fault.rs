//! SIGSEGV and SIGBUS, seen before the program sees them.

use super::TMPFS;
use super::crash;
use crate::arch::Registers;
use crate::proc;
use crate::ranges;
use crate::registry::{File as MappedFile, Origin, Piece, Removed};
use crate::report::{Diagnosis, Message};
use crate::site;
use crate::sys::{self, Pid};
use crate::tracer::{Tracer, Truncation};
use crate::words;
use explain::value::*;
use explain::{Finding, Slug};
use std::os::unix::fs::MetadataExt;

// asm-generic/siginfo.h
const SEGV_MAPERR: i32 = 1;
const SEGV_ACCERR: i32 = 2;
const BUS_ADRERR: i32 = 2;
const SI_KERNEL: i32 = 0x80;

/// What is said of a crash that no mapping of the program's has to do with: run-time systems cause such, and handle them.
fn is_bare_crash(slug: Slug) -> bool {
    use Slug::*;
    matches!(
        slug,
        Unknown | FreeOfMapping | BeforeTheStart | NullPointer | StackFull | JumpToNowhere | WildPointer
    )
}

/// How far from (void *)-1, or from 0 after wrapping, a failed call's result is still recognised.
const NEAR: u64 = 1 << 20;
/// How far past its end an access still belongs to a short mapping.
const JUST_PAST: u64 = 1 << 16;

/// How far into the next page what runs over the end of a mapping, step by step, faults first.
const RUN_OVER: u64 = 64;

/// A fault that a handler of the program looks after: said only if the program does not live through it.
pub struct Deferred {
    diagnosis: Diagnosis,
    address: u64,
    /// The fault was a bus error in a mapped file: said at exit even if a handler jumped over it.
    bus: bool,
}

impl Tracer {
    /// A fault, or an abort, on its way to a thread.
    pub fn signal(&mut self, tid: Pid, signal: i32) {
        let pid = self.pid_of(tid);
        if !self.judged(tid) {
            return;
        }
        self.alias_stays(tid, None);
        let caught = proc::signal_in(tid, "SigCgt", signal);
        let Ok(info) = sys::siginfo(tid) else { return };
        if signal != libc::SIGABRT && info.code > 0 {
            if let Some(diagnosis) = self.fault(tid, signal, info) {
                if caught {
                    let bus = signal == libc::SIGBUS;
                    if let Some(process) = self.processes.get_mut(&pid) {
                        // of crashes that nothing explains only the last counts: run-time systems live on them
                        process.deferred.retain(|d| !is_bare_crash(d.diagnosis.message.slug()));
                        if process.deferred.len() < 64 {
                            process.deferred.push(Deferred { diagnosis, address: info.address, bus });
                        }
                    }
                    return;
                }
                self.flush_deferred(pid, false);
                self.picture_fault(pid, signal, info.address, &diagnosis);
                let told = diagnosis.message.slug() == Slug::UncheckedFailure; // and why it failed
                self.report.diagnosis(&diagnosis);
                if !told {
                    self.gave_up(tid);
                }
                return;
            }
        }
        if !caught {
            // a handler that gives up: it raises the signal again, or aborts
            self.flush_deferred(pid, true);
            self.gave_up(tid);
        }
    }

    /// The process ends or changes: says the faults that it did not live through (`died`), and forgets the rest.
    pub fn flush_deferred(&mut self, pid: Pid, died: bool) {
        let Some(process) = self.processes.get_mut(&pid) else { return };
        for deferred in std::mem::take(&mut process.deferred) {
            let known = !is_bare_crash(deferred.diagnosis.message.slug());
            if died || known && deferred.bus && self.still_broken(pid, &deferred) {
                self.report.diagnosis(&deferred.diagnosis);
                let signal = if deferred.bus { libc::SIGBUS } else { libc::SIGSEGV };
                self.picture_fault(pid, signal, deferred.address, &deferred.diagnosis);
            }
        }
    }

    /// The page beyond the end of its file is still there: nobody replaced it, unmapped it or made the file longer.
    fn still_broken(&self, pid: Pid, deferred: &Deferred) -> bool {
        let Some(line) = ranges::line_at(pid, deferred.address) else {
            return false;
        };
        let size =
            proc::mapped_file(pid, &line).and_then(|path| std::fs::metadata(path).ok()).map(|d| d.size());
        size.is_some_and(|size| {
            line.offset + (deferred.address - line.start) >= size.next_multiple_of(self.page)
        })
    }

    /// The mistake with a mapping that a fault comes from; else what is known of the crash.
    fn fault(&mut self, tid: Pid, signal: i32, info: sys::Siginfo) -> Option<Diagnosis> {
        let pid = self.pid_of(tid);
        let registers = sys::registers(tid).ok()?;
        let jumped = info.code != SI_KERNEL && registers.ip() == info.address;
        let from = if jumped { crash::before_jump(tid, &registers) } else { None };
        let place = site::standing(&mut self.unwinder, pid, tid, from.as_ref().unwrap_or(&registers)).place;
        let mapping = self.mapping_fault(tid, signal, info, &registers, place.clone());
        mapping.or_else(|| {
            let finding = self.crash(tid, signal, info.address, info.code != SI_KERNEL, &registers);
            Some(Diagnosis { message: Message::Found(finding, None), place, remarks: Vec::new(), pid })
        })
    }

    fn mapping_fault(
        &mut self,
        tid: Pid,
        signal: i32,
        info: sys::Siginfo,
        registers: &Registers,
        place: Option<site::Place>,
    ) -> Option<Diagnosis> {
        let pid = self.pid_of(tid);
        let address = info.address;
        let piece = self.registry(tid)?.at(address).filter(|p| p.origin.judged()).cloned();
        let mut remarks = Vec::new();
        let mut remark = |what: fn(words::Language) -> &'static str, at: Option<&site::Place>| {
            remarks.extend(at.map(|p| (what, p.clone())));
        };
        let mut why = None;
        let finding = match (signal, info.code) {
            (libc::SIGBUS, BUS_ADRERR) => {
                let Some(piece) = piece else {
                    let finding = self.cut_while_loaded(tid, address)?;
                    return Some(Diagnosis { message: Message::Found(finding, None), place, remarks, pid });
                };
                let file = piece.origin.file.clone()?;
                remark(words::mapped_here, piece.origin.place.as_ref());
                let finding = self.bus_error(pid, &piece, &file, address)?;
                let cut = self.truncations.get(&(file.device, file.inode));
                match cut.filter(|t| t.number > piece.origin.id) {
                    Some(cut) => {
                        remark(words::truncated_here, Some(&cut.place));
                        self.cut_here(pid, finding, cut)
                    }
                    None => finding,
                }
            }
            (libc::SIGSEGV, SEGV_ACCERR) => match piece {
                Some(piece) => {
                    remark(words::mapped_here, piece.origin.place.as_ref());
                    self.forbidden(pid, &piece, address, registers.ip() == address)?
                }
                // right behind a mapping there is memory of somebody else's, which forbids the access
                None => {
                    let (finding, origin) =
                        self.past_the_end(tid, address).filter(|_| address % self.page < RUN_OVER)?;
                    remark(words::mapped_here, origin.place.as_ref());
                    finding
                }
            },
            (libc::SIGSEGV, SEGV_MAPERR | SI_KERNEL) => {
                if let Some((finding, cause, at)) = self.unchecked_failure(tid, info, registers) {
                    remark(words::failed_here, at.as_ref());
                    why = Some(cause);
                    finding
                } else if info.code == SI_KERNEL {
                    return None;
                } else if let Some((finding, origin, kept)) = self.kept_from_children(tid, address) {
                    remark(words::mapped_here, origin.place.as_ref());
                    remark(words::kept_here, Some(&kept));
                    finding
                } else if let Some(old) = self.removed(tid, address) {
                    remark(words::unmapped_here, old.place.as_ref());
                    remark(words::mapped_here, old.origin.place.as_ref());
                    let (what, address) = (self.memory(&old.origin), Address(address));
                    let mapped = self.site(old.origin.place.as_ref());
                    let gone = self.site(old.place.as_ref());
                    match old.moved {
                        true => Finding::UseAfterMove { what, address, mapped, moved: gone },
                        false => Finding::UseAfterUnmap { what, address, mapped, unmapped: gone },
                    }
                } else {
                    let (finding, origin) =
                        self.cut_pointer(tid, address).or_else(|| self.past_the_end(tid, address))?;
                    remark(words::mapped_here, origin.place.as_ref());
                    finding
                }
            }
            _ => return None,
        };
        Some(Diagnosis { message: Message::Found(finding, why), place, remarks, pid })
    }

    /// SIGBUS in what the loader has mapped: a library, or the program, that was cut meanwhile.
    fn cut_while_loaded(&self, tid: Pid, address: u64) -> Option<Finding> {
        let pid = self.pid_of(tid);
        let line = ranges::line_at(pid, address)?;
        let size = std::fs::metadata(proc::mapped_file(pid, &line)?).ok()?.size();
        let byte = line.offset + (address - line.start);
        let loaded = self.registry(tid)?.at(address).is_none_or(|p| !p.origin.judged());
        (loaded && byte >= size.next_multiple_of(self.page)).then(|| Finding::FileTruncatedLoaded {
            file: File(self.shorten(&line.name)),
            byte: Number(byte as i64),
            size: Bytes(size),
        })
    }

    /// SIGBUS in a file's mapping.
    fn bus_error(&self, pid: Pid, piece: &Piece, file: &MappedFile, address: u64) -> Option<Finding> {
        let line = ranges::line_at(pid, address)?;
        let path = proc::mapped_file(pid, &line)?;
        let size = std::fs::metadata(&path).ok()?.size();
        let byte = piece.offset_at(address);
        let mapped = self.site(piece.origin.place.as_ref());
        let named = self.file_name(file);
        let exists = |size: u64| byte < size.next_multiple_of(self.page);
        let byte_number = Number(byte as i64);
        if !exists(size) {
            return Some(if exists(file.size) {
                Finding::FileTruncated {
                    file: named,
                    byte: byte_number,
                    was: Bytes(file.size),
                    size: Bytes(size),
                    mapped,
                }
            } else if self.cursor(pid, file) > size {
                let cursor = Number(self.cursor(pid, file) as i64);
                Finding::FileTooShortSeek {
                    file: named,
                    byte: byte_number,
                    size: Bytes(size),
                    mapped,
                    cursor,
                }
            } else {
                Finding::FileTooShort { file: named, byte: byte_number, size: Bytes(size), mapped }
            });
        }
        let system = sys::statfs(&std::ffi::CString::new(path).ok()?).ok()?;
        let free = system.f_bavail.saturating_mul(system.f_bsize as u64);
        if free < self.page.max(system.f_bsize as u64) {
            let mount = Place(self.mount_of(pid, address));
            return Some(Finding::DiskFull {
                file: named,
                byte: byte_number,
                mount,
                free: Bytes(free),
                mapped,
            });
        }
        // memory has no disk that could fail: what it was, we do not know
        (file.magic != TMPFS).then_some(Finding::IoError { file: named, byte: byte_number, mapped })
    }

    /// A truncated file, and the call that gave it the size that it has: of this program, or of another.
    fn cut_here(&self, pid: Pid, finding: Finding, cut: &Truncation) -> Finding {
        match finding {
            Finding::FileTruncated { file, byte, was, size, mapped }
                if byte.0 as u64 >= cut.length.next_multiple_of(self.page) =>
            {
                if self.process(pid).is_some_and(|p| p.image == cut.image) {
                    let cut = self.site(Some(&cut.place));
                    return Finding::FileTruncatedHere { file, byte, was, size, mapped, cut };
                }
                let path = &cut.place.module.path;
                let program = Site(explain::Name::new(path.rsplit('/').next().unwrap_or(path).as_bytes()));
                let pid = Number(cut.pid.into());
                Finding::FileTruncatedBy { file, byte, was, size, mapped, pid, program }
            }
            finding => finding,
        }
    }

    /// Where the cursor of an open descriptor of the file stands: the furthest.
    fn cursor(&self, pid: Pid, file: &MappedFile) -> u64 {
        let same = |fd: &i32| {
            proc::descriptor(pid, *fd).is_some_and(|d| d.ino() == file.inode && d.dev() == file.device)
        };
        let open = proc::descriptors(pid).into_iter().filter(same);
        open.filter_map(|fd| proc::descriptor_state(pid, fd)).map(|(_, at)| at).max().unwrap_or(file.cursor)
    }

    fn mount_of(&self, pid: Pid, address: u64) -> explain::Name {
        use explain::{Witness, facts::Of};
        let witness = crate::witness::Tracee {
            pid,
            tid: pid,
            page: self.page,
            failed: None,
            directory: &self.report.directory,
        };
        witness.mount(Of::Mapping(address))
    }

    /// Memory that is there, and forbids the access.
    fn forbidden(&self, pid: Pid, piece: &Piece, address: u64, jumped: bool) -> Option<Finding> {
        let line = ranges::line_at(pid, address)?;
        let what = self.memory(&piece.origin);
        let mapped = self.site(piece.origin.place.as_ref());
        let readable = line.prot & libc::PROT_READ != 0;
        match line.prot & (libc::PROT_READ | libc::PROT_WRITE) {
            libc::PROT_READ if !jumped => {
                Some(Finding::WriteToReadOnly { what, address: Address(address), mapped })
            }
            _ if !readable || jumped && line.prot & libc::PROT_EXEC == 0 => {
                let prot = Symbols { of: Set::Prot, bits: line.prot as u32 };
                Some(Finding::NoAccess { what, address: Address(address), prot, mapped })
            }
            _ => None, // readable and writable: another thread has just changed it, or a protection key
        }
    }

    /// The result of a failed call, used as a pointer: this thread's last map call failed, and its -1 is at hand.
    fn unchecked_failure(
        &self,
        tid: Pid,
        info: sys::Siginfo,
        registers: &Registers,
    ) -> Option<(Finding, explain::Cause, Option<site::Place>)> {
        let failed = self.tasks.get(&tid)?.failed.as_ref()?;
        let values = registers.dwarf();
        let address = match info.code {
            // an access that goes over the end of all addresses has no address to tell
            SI_KERNEL => values.iter().copied().find(|v| *v >= u64::MAX - 64)?,
            _ => info.address,
        };
        let minus_one = address >= u64::MAX - NEAR;
        let wrapped = address < NEAR && self.minus_one_at_hand(tid, registers);
        if !minus_one && !wrapped {
            return None;
        }
        let call = match failed.call {
            explain::Call::Remap { .. } => "mremap",
            _ => "mmap",
        };
        let (address, call) = (Address(address), Word(call));
        let site = self.site(failed.place.as_ref());
        let finding = match self.report.has_said(failed.cause.slug(), failed.place.as_ref()) {
            true => Finding::UncheckedFailureAgain { address, call, failed: site },
            false => Finding::UncheckedFailure { address, call, failed: site, why: Why },
        };
        Some((finding, failed.cause, failed.place.clone()))
    }

    /// MAP_FAILED in a register, in the frames near the top of the stack, or among the program's variables.
    fn minus_one_at_hand(&self, tid: Pid, registers: &Registers) -> bool {
        if registers.dwarf().contains(&u64::MAX) {
            return true;
        }
        let holds = |start: u64, length: usize| {
            let mut bytes = vec![0; length];
            let got = sys::read_memory(tid, start, &mut bytes);
            bytes[..got].chunks_exact(8).any(|w| w == [0xff; 8])
        };
        let program = proc::program(tid);
        let data =
            |l: &proc::Line| l.prot & libc::PROT_WRITE != 0 && l.name == program && l.end - l.start <= NEAR;
        holds(registers.sp(), 2048)
            || proc::maps(tid).iter().any(|l| data(l) && holds(l.start, (l.end - l.start) as usize))
    }

    /// Mapped by the parent, as far as we know here too, and kept from its children.
    fn kept_from_children(
        &self,
        tid: Pid,
        address: u64,
    ) -> Option<(Finding, std::rc::Rc<Origin>, site::Place)> {
        let pid = self.pid_of(tid);
        let space = self.spaces.get(&self.process(pid)?.space)?;
        let (_, _, kept) =
            space.kept.iter().rev().find(|(start, end, _)| (*start..*end).contains(&address))?;
        let piece = space.registry.at(address).filter(|p| p.origin.judged())?;
        if ranges::line_at(pid, address).is_some() {
            return None;
        }
        let finding = Finding::NotInherited {
            what: self.memory(&piece.origin),
            address: Address(address),
            mapped: self.site(piece.origin.place.as_ref()),
            kept: self.site(Some(kept)),
        };
        Some((finding, piece.origin.clone(), kept.clone()))
    }

    fn removed(&self, tid: Pid, address: u64) -> Option<Removed> {
        let old = self.registry(tid)?.removed_at(address)?;
        (old.origin.judged() && old.place.is_some()).then(|| old.clone())
    }

    /// The low half of a live mapping's address: an int held it, for want of a declaration.
    fn cut_pointer(&self, tid: Pid, address: u64) -> Option<(Finding, std::rc::Rc<Origin>)> {
        let low = address & 0xffff_ffff;
        let sign = if low >> 31 != 0 { 0xffff_ffff_0000_0000 } else { 0 };
        if low < 1 << 16 || address != low && address != low | sign {
            return None;
        }
        let piece = self.registry(tid)?.pieces().find(|p| {
            let whole = p.start & !0xffff_ffff | low;
            p.origin.judged() && p.start > 0xffff_ffff && p.start <= whole && whole < p.end
        })?;
        let finding = Finding::PointerTruncated {
            address: Address(address),
            whole: Address(piece.start & !0xffff_ffff | low),
            what: self.memory(&piece.origin),
            mapped: self.site(piece.origin.place.as_ref()),
        };
        Some((finding, piece.origin.clone()))
    }

    fn past_the_end(&self, tid: Pid, address: u64) -> Option<(Finding, std::rc::Rc<Origin>)> {
        let piece = self.registry(tid)?.before(address)?;
        let origin = piece.origin.clone();
        let end = origin.start + origin.length;
        if !origin.judged() || address < end || address - piece.end >= JUST_PAST.max(piece.end - piece.start)
        {
            return None;
        }
        let mapped = self.site(origin.place.as_ref());
        let text = origin.file.as_ref().filter(|f| {
            address == piece.end && origin.offset + origin.length == f.size && origin.length % self.page == 0
        });
        let finding = match text {
            Some(file) => {
                Finding::PastTheEndText { file: self.file_name(file), length: Bytes(origin.length), mapped }
            }
            None => Finding::PastTheEnd {
                what: self.memory(&origin),
                length: Bytes(origin.length),
                beyond: Bytes(address - end + 1),
                mapped,
            },
        };
        Some((finding, origin))
    }
}
