//! mapcheck: runs a program and says what goes wrong with its mmap calls. Nothing of ours runs inside the program.
//!
//! ```text
//! options → launch → tracer ─┬─ process, registry      what is mapped, and by which call
//!                            ├─ facts                  what /proc says of it
//!                            ├─ site: unwind, symbols  who called
//!                            ├─ judge                  which mistake it is (with the library's own `explain`)
//!                            ├─ report                 the line on the terminal, the object in the JSON file
//!                            └─ picture                --picture: all of it, drawn
//! ```
// std's own start would ignore SIGPIPE and open descriptors: the program would inherit that
#![cfg_attr(not(test), no_main)]
#![cfg_attr(test, allow(dead_code))] // main is the tests' then

mod arch;
mod discipline;
mod filter;
mod first;
mod inject;
mod json;
mod judge;
mod launch;
mod module;
mod options;
mod picture;
mod proc;
mod ranges;
mod refusal;
mod registry;
mod report;
mod site;
mod sys;
mod tracer;
mod unwind;
mod witness;
mod words;

/// Where the C runtime enters.
#[allow(unsafe_code)]
#[cfg(not(test))]
// SAFETY: the only `main` of this program.
#[unsafe(no_mangle)]
extern "C" fn main(_: libc::c_int, _: *const *const libc::c_char) -> libc::c_int {
    match options::parse() {
        Ok(options) => launch::launch(options),
        Err(status) => status,
    }
}
