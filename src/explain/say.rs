//! A message in a language.

use super::cause::Cause;
use super::finding::Finding;
use super::language::Language;
use core::fmt::{Result, Write};

/// Writes the sentence of a cause. `why` is the cause of the earlier failure that the sentence names, if it names one.
pub fn cause(language: Language, message: &Cause, why: Option<&Cause>, out: &mut dyn Write) -> Result {
    let _ = (language, why);
    out.write_str(message.slug().as_str())
}

/// Writes the sentence of a finding; `why` as for `cause`.
pub fn finding(language: Language, message: &Finding, why: Option<&Cause>, out: &mut dyn Write) -> Result {
    let _ = (language, why);
    out.write_str(message.slug().as_str())
}
