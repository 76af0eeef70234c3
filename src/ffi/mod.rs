//! Each exported function of the library: C's arguments in, one call, C's result out.
#![allow(unsafe_code)] // the first of the three places that may: see lib.rs

mod explain;
mod file;
mod give;
mod guard;
mod lock;
mod minichat;
mod mm;
mod record;
mod take;
