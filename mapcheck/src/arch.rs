//! Registers, on the two machines: which carry a system call, which the unwinder follows.

use libc::user_regs_struct;

/// A thread's registers as the kernel shows them.
#[derive(Clone, Copy)]
pub struct Registers(pub user_regs_struct);

impl Default for Registers {
    #[allow(unsafe_code)]
    fn default() -> Self {
        // SAFETY: integers only: all zeroes is a value.
        Registers(unsafe { std::mem::zeroed() })
    }
}

/// How many registers the unwinder follows, by their DWARF numbers.
#[cfg(target_arch = "x86_64")]
pub const DWARF_REGISTERS: usize = 17;
#[cfg(target_arch = "aarch64")]
pub const DWARF_REGISTERS: usize = 32;

/// DWARF numbers of the stack pointer, the frame pointer and the return address.
#[cfg(target_arch = "x86_64")]
pub const SP: usize = 7;
#[cfg(target_arch = "x86_64")]
pub const FP: usize = 6;
#[cfg(target_arch = "x86_64")]
pub const RETURN: usize = 16;
#[cfg(target_arch = "aarch64")]
pub const SP: usize = 31;
#[cfg(target_arch = "aarch64")]
pub const FP: usize = 29;
#[cfg(target_arch = "aarch64")]
pub const RETURN: usize = 30;

/// The registers that a called function gives back as they were.
#[cfg(target_arch = "x86_64")]
pub const PRESERVED: [usize; 6] = [3, 6, 12, 13, 14, 15];
#[cfg(target_arch = "aarch64")]
pub const PRESERVED: [usize; 11] = [19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29];

/// Bytes below the stack pointer that a function may still use.
#[cfg(target_arch = "x86_64")]
pub const RED_ZONE: u64 = 128;
#[cfg(target_arch = "aarch64")]
pub const RED_ZONE: u64 = 0;

/// Length of the system call instruction.
#[cfg(target_arch = "x86_64")]
pub const SYSCALL_LENGTH: u64 = 2;
#[cfg(target_arch = "aarch64")]
pub const SYSCALL_LENGTH: u64 = 4;

#[cfg(target_arch = "x86_64")]
pub const AUDIT_ARCH: u32 = 0xc000_003e;
#[cfg(target_arch = "aarch64")]
pub const AUDIT_ARCH: u32 = 0xc000_00b7;

/// e_machine of programs that we judge.
#[cfg(target_arch = "x86_64")]
pub const ELF_MACHINE: u16 = 62;
#[cfg(target_arch = "aarch64")]
pub const ELF_MACHINE: u16 = 183;

#[cfg(target_arch = "x86_64")]
impl Registers {
    pub fn ip(&self) -> u64 {
        self.0.rip
    }
    pub fn set_ip(&mut self, ip: u64) {
        self.0.rip = ip;
    }
    pub fn sp(&self) -> u64 {
        self.0.rsp
    }
    /// As they were before a call was made to where the thread stands now; `back`: what stands on the stack.
    pub fn before_call(&self, back: u64) -> Registers {
        let mut earlier = *self;
        earlier.0.rip = back.wrapping_sub(1);
        earlier.0.rsp += 8;
        earlier
    }
    /// Where the C library keeps what belongs to the thread: the value of pthread_self.
    pub fn thread_block(&self) -> Option<u64> {
        Some(self.0.fs_base)
    }
    /// The system call's number, at its entry stop.
    pub fn number(&self) -> i64 {
        self.0.orig_rax as i64
    }
    pub fn arguments(&self) -> [u64; 6] {
        [self.0.rdi, self.0.rsi, self.0.rdx, self.0.r10, self.0.r8, self.0.r9]
    }
    pub fn set_argument(&mut self, index: usize, value: u64) {
        let r = &mut self.0;
        *match index {
            0 => &mut r.rdi,
            1 => &mut r.rsi,
            2 => &mut r.rdx,
            3 => &mut r.r10,
            4 => &mut r.r8,
            _ => &mut r.r9,
        } = value;
    }
    /// The result, at its exit stop.
    pub fn result(&self) -> i64 {
        self.0.rax as i64
    }
    /// Makes these registers those of a thread about to make a system call.
    pub fn set_call(&mut self, number: i64, arguments: [u64; 6]) {
        self.0.rax = number as u64;
        self.0.orig_rax = u64::MAX; // not in a call: nothing to restart
        for (index, value) in arguments.into_iter().enumerate() {
            self.set_argument(index, value);
        }
    }
    /// By DWARF number, the return address column being the instruction pointer.
    pub fn dwarf(&self) -> [u64; DWARF_REGISTERS] {
        let r = &self.0;
        [
            r.rax, r.rdx, r.rcx, r.rbx, r.rsi, r.rdi, r.rbp, r.rsp, r.r8, r.r9, r.r10, r.r11, r.r12, r.r13,
            r.r14, r.r15, r.rip,
        ]
    }
}

#[cfg(target_arch = "aarch64")]
impl Registers {
    pub fn ip(&self) -> u64 {
        self.0.pc
    }
    pub fn set_ip(&mut self, ip: u64) {
        self.0.pc = ip;
    }
    pub fn sp(&self) -> u64 {
        self.0.sp
    }
    pub fn before_call(&self, _: u64) -> Registers {
        let mut earlier = *self;
        earlier.0.pc = self.0.regs[30].wrapping_sub(1);
        earlier
    }
    pub fn thread_block(&self) -> Option<u64> {
        None // not among the general registers
    }
    pub fn number(&self) -> i64 {
        self.0.regs[8] as i64
    }
    pub fn arguments(&self) -> [u64; 6] {
        let r = &self.0.regs;
        [r[0], r[1], r[2], r[3], r[4], r[5]]
    }
    pub fn set_argument(&mut self, index: usize, value: u64) {
        self.0.regs[index] = value;
    }
    pub fn result(&self) -> i64 {
        self.0.regs[0] as i64
    }
    pub fn set_call(&mut self, number: i64, arguments: [u64; 6]) {
        self.0.regs[8] = number as u64;
        for (index, value) in arguments.into_iter().enumerate() {
            self.0.regs[index] = value;
        }
    }
    pub fn dwarf(&self) -> [u64; DWARF_REGISTERS] {
        let mut all = [0; DWARF_REGISTERS];
        all[..31].copy_from_slice(&self.0.regs[..31]);
        all[SP] = self.0.sp;
        all
    }
}
