//! `--picture FILE`: the mappings of a program's life, drawn as an SVG image.
//!
//! ```text
//! tracer, judge → hooks → record   which call made, changed, cut and removed what, in order; where it died
//!                         pages    which pages were touched, and which changed
//! at the program's end:   record → scene   what is shown of it, and to which scale
//!                                  draw → svg, words → target   the image, and how it gets to its place
//! ```
//! Nothing here runs, and nothing more stops the program, unless the option was given.

mod card;
mod draw;
mod hooks;
mod pages;
mod record;
mod scene;
mod style;
mod svg;
mod target;
mod words;

pub use record::Record;
pub use target::Target;
