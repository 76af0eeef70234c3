//! Names the shared library (soname) and, with the feature `header`, makes the C header from the sources.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let major = env::var("CARGO_PKG_VERSION_MAJOR").expect("cargo sets it");
    println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libmapboard.so.{major}");
    // It installs a signal handler, a fork handler and thread-local memory, which nobody may jump to once it is unloaded.
    println!("cargo::rustc-cdylib-link-arg=-Wl,-z,nodelete");
    thread_local();
    #[cfg(feature = "header")]
    header();
}

/// Compiles what stable Rust cannot say without its standard library. Initial-exec, so that an access is an offset from
/// the thread pointer: safe in a signal handler, and no import of __tls_get_addr.
fn thread_local() {
    let sources = ["src/sys/failure.c", "src/sys/nesting.c", "src/sys/threads.c"];
    for source in sources {
        println!("cargo::rerun-if-changed={source}");
    }
    let mut build = cc::Build::new();
    build.files(sources).std("c11").pic(true).warnings_into_errors(true);
    build.flag("-fvisibility=hidden").flag("-ftls-model=initial-exec").flag("-fno-stack-protector");
    build.compile("mapboard_thread");
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
    config.trailer = Some(part("checks.h") + &part("epilogue.h"));
    // Only what crosses the boundary: the nouns, then the calls, a file each.
    let mut builder = cbindgen::Builder::new().with_config(config).with_src(root.join("src/abi.rs"));
    for room in ["mm", "file", "explain", "guard", "lock", "minichat"] {
        builder = builder.with_src(root.join("src/ffi").join(room).with_extension("rs"));
    }
    let bindings = builder.generate();
    let mut text = Vec::new();
    bindings.expect("cbindgen reads src/ffi").write(&mut text);
    let text = String::from_utf8(text).expect("the sources are UTF-8");
    fs::write(out.join("mapboard.h"), without_safety(&text)).expect("OUT_DIR is writable");
}

/// Leaves out the sections "# Safety", which are for readers of the Rust sources: C has no safe functions.
#[cfg(feature = "header")]
fn without_safety(header: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for line in header.lines() {
        inside = (inside || line.trim() == "* # Safety") && line.trim() != "*/";
        if line.trim() == "*/" && out.ends_with("\n *\n") {
            out.truncate(out.len() - " *\n".len());
        }
        if !inside {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}
