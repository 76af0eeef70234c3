//! The command line.

use crate::words::{self, Language};
use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::PathBuf;

pub struct Options {
    /// The program and its arguments.
    pub command: Vec<OsString>,
    pub error_exitcode: Option<u8>,
    pub json: Option<PathBuf>,
    pub language: Language,
    /// Files whose mappings may only be touched under their lock.
    pub locks: Vec<PathBuf>,
    pub quiet: bool,
    pub summary: bool,
    pub pedantic: bool,
    /// Where a picture of the mappings is wanted.
    pub picture: Option<PathBuf>,
    pub color: bool,
}

/// The options, or the status to end with.
pub fn parse() -> Result<Options, i32> {
    let mut options = Options {
        command: Vec::new(),
        error_exitcode: None,
        json: None,
        language: words::language(),
        locks: Vec::new(),
        quiet: false,
        summary: false,
        pedantic: false,
        picture: None,
        color: std::io::stderr().is_terminal()
            && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
            && std::env::var_os("TERM").is_none_or(|t| t != "dumb"),
    };
    match read(&mut options) {
        Ok(Wish::Run) if options.command.is_empty() => {
            words::usage(options.language);
            Err(crate::launch::FAILED)
        }
        Ok(Wish::Run) => Ok(options),
        Ok(Wish::Help) => {
            print!("{}", words::help(options.language));
            Err(0)
        }
        Ok(Wish::Version) => {
            println!("mapcheck {}", env!("CARGO_PKG_VERSION"));
            Err(0)
        }
        Err(error) => {
            eprintln!("mapcheck: {error}");
            words::usage(options.language);
            Err(crate::launch::FAILED)
        }
    }
}

enum Wish {
    Run,
    Help,
    Version,
}

fn read(options: &mut Options) -> Result<Wish, lexopt::Error> {
    use lexopt::prelude::*;
    let mut parser = lexopt::Parser::from_env();
    let mut wish = Wish::Run;
    while let Some(argument) = parser.next()? {
        match argument {
            Long("error-exitcode") => options.error_exitcode = Some(parser.value()?.parse()?),
            Long("json") => options.json = Some(parser.value()?.into()),
            Long("lang") => {
                let value = parser.value()?;
                options.language = Language::named(&value.to_string_lossy())
                    .ok_or_else(|| lexopt::Error::from("--lang: en, fr, zh"))?;
            }
            Long("locks") => options.locks.push(parser.value()?.into()),
            Short('q') | Long("quiet") => options.quiet = true,
            Long("summary") => options.summary = true,
            Long("pedantic") => options.pedantic = true,
            Long("picture") => options.picture = Some(parser.value()?.into()),
            Long("color" | "colour") => {
                options.color = match parser.optional_value() {
                    None => true,
                    Some(when) if when == "always" => true,
                    Some(when) if when == "never" => false,
                    Some(when) if when == "auto" => options.color,
                    Some(_) => return Err("--color: always, never, auto".into()),
                }
            }
            Short('h') | Long("help") => wish = Wish::Help,
            Short('V') | Long("version") => wish = Wish::Version,
            Value(program) => {
                options.command.push(program);
                options.command.extend(parser.raw_args()?);
            }
            _ => return Err(argument.unexpected()),
        }
    }
    Ok(wish)
}
