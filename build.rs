//! Names the shared library (soname) and, with the feature `header`, makes the C header from the sources.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let major = env::var("CARGO_PKG_VERSION_MAJOR").expect("cargo sets it");
    println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libmapboard.so.{major}");
    #[cfg(feature = "header")]
    header();
}

/// Writes the header to OUT_DIR; `make header` takes it from there, so a build never touches the checkout.
#[cfg(feature = "header")]
fn header() {
    use std::{fs, path::PathBuf};
    println!("cargo::rerun-if-changed=src");
    println!("cargo::rerun-if-changed=cbindgen.toml");
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets it"));
    let part = |name: &str| {
        let text = fs::read_to_string(root.join("src/ffi").join(name)).expect("a part of the header");
        text.replace("@VERSION@", &env::var("CARGO_PKG_VERSION").expect("cargo sets it"))
    };
    let mut config = cbindgen::Config::from_file(root.join("cbindgen.toml")).expect("cbindgen.toml");
    config.after_includes = Some(part("prologue.h"));
    config.trailer = Some(part("epilogue.h"));
    let bindings = cbindgen::Builder::new().with_crate(&root).with_config(config).generate();
    bindings.expect("cbindgen reads src/ffi").write_to_file(out.join("mapboard.h"));
}
