//! Why a call failed, and what will go wrong: facts in, cause and sentence out. Pure: no system call, no allocation,
//! nothing of the rest of the house: the library asks about its own process, `mapcheck` about another, and both tell the
//! same story.
//!
//! ```text
//! Call, errno ┐
//! Witness ────┴→ find::cause → Cause ┐
//! mapcheck's registry ──────→ Finding ┴→ say → English, français, 简体中文
//! ```
//!
//! * `slug`: the stable identifiers · `call`: what was asked · `facts`: what can be seen, and who is asked for it
//! * `cause`: why a call failed · `finding`: what mapcheck sees beside failures · `message`, `value`: what both are
//! * `find`: the pure finder · `say`: a message in a `language`: `en`, `fr`, `zh`
#![cfg_attr(not(test), no_std)]
#![deny(unsafe_code)]

#[macro_use]
mod book;
#[macro_use]
mod message;

mod en;
mod fr;
mod zh;

pub mod call;
pub mod cause;
pub mod facts;
pub mod find;
pub mod finding;
pub mod language;
pub mod name;
pub mod say;
pub mod slug;
pub mod symbols;
#[cfg(test)]
mod tests;
pub mod value;

pub use call::Call;
pub use cause::Cause;
pub use facts::Witness;
pub use finding::Finding;
pub use language::Language;
pub use name::Name;
pub use slug::Slug;
