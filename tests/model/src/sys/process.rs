pub fn monotonic() -> i64 {
    0
}

pub fn yield_now() {
    loom::thread::yield_now();
}

pub fn timespec(nanoseconds: i64) -> libc::timespec {
    libc::timespec { tv_sec: nanoseconds, tv_nsec: 0 }
}

pub fn has_one_processor() -> bool {
    true
}
