//! Walks a stopped thread's stack with the call frame information that every program carries (.eh_frame).

use crate::arch::{DWARF_REGISTERS, FP, RETURN, Registers, SP};
use crate::module::Module;
use crate::sys::{self, Pid};
use gimli::{CfaRule, EvaluationResult, Reader, RegisterRule, UnwindSection};
use std::collections::HashMap;
use std::rc::Rc;

const MAX_FRAMES: usize = 64;

/// One function activation.
#[derive(Clone, Default)]
pub struct Frame {
    /// None: code that belongs to no file.
    pub module: Option<Rc<Module>>,
    /// In the module's file, within the call instruction.
    pub address: u64,
    /// The kernel's frame under a signal handler.
    pub signal: bool,
    /// By DWARF number: in an outer frame only those count that calls preserve.
    pub values: [u64; DWARF_REGISTERS],
}

/// All modules, and where each address space has them.
#[derive(Default)]
pub struct Unwinder {
    modules: HashMap<(u64, u64), Option<Rc<Module>>>,
    /// The executable ranges of the space looked at last, by process.
    code: HashMap<Pid, Vec<Code>>,
    context: gimli::UnwindContext<usize>,
}

#[derive(Clone)]
struct Code {
    start: u64,
    end: u64,
    /// Address in memory minus address in the file.
    bias: u64,
    module: Option<Rc<Module>>,
}

impl Unwinder {
    /// The code of a process changed, or the process is gone.
    pub fn forget(&mut self, pid: Pid) {
        self.code.remove(&pid);
    }

    /// The module at an address, and the address in its file.
    pub fn locate(&mut self, tid: Pid, pid: Pid, address: u64) -> Option<(Option<Rc<Module>>, u64)> {
        let find = |code: &[Code]| code.iter().find(|c| c.start <= address && address < c.end).cloned();
        let mut found = self.code.get(&pid).and_then(|code| find(code));
        if found.is_none() {
            let code = self.read_code(tid);
            found = find(&code);
            self.code.insert(pid, code);
        }
        let code = found?;
        Some((code.module, address.wrapping_sub(code.bias)))
    }

    /// Where a function of the C library is in a process.
    pub fn function(&mut self, pid: Pid, tid: Pid, name: &str) -> Option<u64> {
        let code = self.read_code(tid);
        let found = code.iter().find_map(|c| {
            let address = c.module.as_ref()?.c_library_function(name)?.wrapping_add(c.bias);
            (c.start <= address && address < c.end).then_some(address)
        });
        self.code.insert(pid, code);
        found
    }

    fn read_code(&mut self, tid: Pid) -> Vec<Code> {
        let program = crate::proc::program(tid);
        let mut all = Vec::new();
        for line in crate::proc::maps(tid).into_iter().filter(|m| m.prot & libc::PROT_EXEC != 0) {
            let mut code = Code { start: line.start, end: line.end, bias: line.start, module: None };
            if line.inode != 0 {
                let key = (line.device, line.inode);
                let main = program == line.name;
                let module = self.modules.entry(key).or_insert_with(|| {
                    let file = crate::proc::open_inside(tid, &line.name)?;
                    Module::read(line.name.strip_suffix(" (deleted)").unwrap_or(&line.name), file, main)
                        .map(Rc::new)
                });
                if let Some(module) = module {
                    let page = sys::page_size();
                    let segment = module
                        .segments
                        .iter()
                        .find(|s| s.offset & !(page - 1) <= line.offset && line.offset < s.offset + s.size);
                    if let Some(segment) = segment {
                        code.bias = line
                            .start
                            .wrapping_sub(line.offset)
                            .wrapping_add(segment.offset)
                            .wrapping_sub(segment.address);
                        code.module = Some(module.clone());
                    }
                }
            }
            all.push(code);
        }
        all
    }

    /// Calls `visit` for each frame from the innermost outwards, while it returns true.
    pub fn walk(&mut self, pid: Pid, tid: Pid, registers: &Registers, mut visit: impl FnMut(&Frame) -> bool) {
        let mut values = registers.dwarf();
        let mut ip = registers.ip();
        let mut stack = Stack { tid, start: 0, bytes: Vec::new() };
        let mut exact = true; // the innermost address, or one interrupted by a signal: not after a call
        for _ in 0..MAX_FRAMES {
            if ip == 0 {
                return;
            }
            let Some((module, address)) = self.locate(tid, pid, ip.wrapping_sub(u64::from(!exact))) else {
                visit(&Frame::default());
                return;
            };
            let Some(module) = module else {
                if !visit(&Frame { module: None, address, signal: false, values }) {
                    return;
                }
                let Some(next) = self.chain(&mut values, &mut stack) else { return };
                (ip, exact) = (next, false);
                continue;
            };
            let step = self.step(&module, address, &values, &mut stack);
            let signal = step.as_ref().is_some_and(|s| s.signal);
            if !visit(&Frame { module: Some(module), address, signal, values }) {
                return;
            }
            let before = values[SP];
            let next = match step {
                Some(step) => {
                    values = step.values;
                    step.ip
                }
                None => match self.chain(&mut values, &mut stack) {
                    Some(next) => next,
                    None => return,
                },
            };
            if values[SP] <= before && !exact && !signal {
                return; // the stack must shrink
            }
            (ip, exact) = (next, signal);
        }
    }

    /// Without frame information: the chain of frame pointers.
    fn chain(&self, values: &mut [u64; DWARF_REGISTERS], stack: &mut Stack) -> Option<u64> {
        let frame = values[FP];
        if frame < values[SP] || frame % 8 != 0 {
            return None;
        }
        let (outer, back) = (stack.word(frame)?, stack.word(frame + 8)?);
        values[FP] = outer;
        values[SP] = frame + 16;
        Some(back)
    }

    fn step(
        &mut self,
        module: &Module,
        address: u64,
        values: &[u64; DWARF_REGISTERS],
        stack: &mut Stack,
    ) -> Option<Step> {
        let frames = module.frames.as_ref()?;
        let entry = match frames.index.as_ref().and_then(|index| index.table()) {
            Some(table) => table
                .fde_for_address(&frames.section, &frames.bases, address, gimli::EhFrame::cie_from_offset)
                .ok()?,
            None => frames
                .section
                .fde_for_address(&frames.bases, address, gimli::EhFrame::cie_from_offset)
                .ok()?,
        };
        let signal = entry.is_signal_trampoline();
        let encoding = entry.cie().encoding();
        let row =
            entry.unwind_info_for_address(&frames.section, &frames.bases, &mut self.context, address).ok()?;
        let get = |register: gimli::Register| values.get(usize::from(register.0)).copied();
        let cfa = match *row.cfa() {
            CfaRule::RegisterAndOffset { register, offset } => get(register)?.wrapping_add_signed(offset),
            CfaRule::Expression(expression) => {
                evaluate(expression.get(&frames.section).ok()?, encoding, None, &get, stack)?
            }
        };
        let mut next = *values;
        next[SP] = cfa;
        let mut back = if RETURN < 17 { None } else { Some(values[RETURN]) };
        for (register, rule) in row.registers() {
            let value = match rule {
                RegisterRule::Offset(offset) => stack.word(cfa.wrapping_add_signed(*offset)),
                RegisterRule::ValOffset(offset) => Some(cfa.wrapping_add_signed(*offset)),
                RegisterRule::SameValue => get(*register),
                RegisterRule::Register(other) => get(*other),
                RegisterRule::Expression(expression) => {
                    let expression = expression.get(&frames.section).ok()?;
                    evaluate(expression, encoding, Some(cfa), &get, stack).and_then(|at| stack.word(at))
                }
                RegisterRule::ValExpression(expression) => {
                    evaluate(expression.get(&frames.section).ok()?, encoding, Some(cfa), &get, stack)
                }
                _ => None, // undefined: the outermost frame
            };
            if usize::from(register.0) == RETURN {
                back = Some(value?);
            }
            if let (Some(slot), Some(value)) = (next.get_mut(usize::from(register.0)), value) {
                *slot = value;
            }
        }
        Some(Step { values: next, ip: back?, signal })
    }
}

struct Step {
    values: [u64; DWARF_REGISTERS],
    ip: u64,
    signal: bool,
}

/// A location expression: PLT entries and signal frames have them.
fn evaluate<R: Reader<Offset = usize>>(
    expression: gimli::Expression<R>,
    encoding: gimli::Encoding,
    initial: Option<u64>,
    get: &impl Fn(gimli::Register) -> Option<u64>,
    stack: &mut Stack,
) -> Option<u64> {
    let mut evaluation = expression.evaluation(encoding);
    if let Some(initial) = initial {
        evaluation.set_initial_value(initial);
    }
    let mut state = evaluation.evaluate().ok()?;
    loop {
        state = match state {
            EvaluationResult::Complete => return evaluation.value_result()?.to_u64(u64::MAX).ok(),
            EvaluationResult::RequiresRegister { register, .. } => {
                evaluation.resume_with_register(gimli::Value::Generic(get(register)?)).ok()?
            }
            EvaluationResult::RequiresMemory { address, .. } => {
                evaluation.resume_with_memory(gimli::Value::Generic(stack.word(address)?)).ok()?
            }
            _ => return None,
        };
    }
}

/// The thread's stack, read a piece at a time.
struct Stack {
    tid: Pid,
    start: u64,
    bytes: Vec<u8>,
}

impl Stack {
    fn word(&mut self, address: u64) -> Option<u64> {
        if let Some(word) = self.have(address) {
            return Some(word);
        }
        self.bytes.resize(4096, 0);
        self.start = address;
        let got = sys::read_memory(self.tid, address, &mut self.bytes);
        self.bytes.truncate(got);
        self.have(address)
    }

    fn have(&self, address: u64) -> Option<u64> {
        let at = usize::try_from(address.checked_sub(self.start)?).ok()?;
        let bytes = self.bytes.get(at..at.checked_add(8)?)?;
        Some(u64::from_le_bytes(bytes.try_into().ok()?))
    }
}
