//! mm_explain and its two companions.

use super::record;
use crate::sys::{failure, proc};
use crate::witness::{self, Own};
use core::ffi::CStr;
use explain::find::{self, Story};
use explain::say::{self, Out};
use explain::{Cause, Language};
use libc::{c_char, size_t};

/// Says why the last mm_ call of this thread that failed did so: what is wrong, with the actual values (file name,
/// sizes, flags, limits), and what to do instead. perror() says "Invalid argument"; this says which, and why.
///
/// `buffer`, `size`  where to write the sentence, and how many bytes there is room for. It always ends with a NUL (unless
///                   `size` is 0), and is cut between two characters, never within one. NULL counts as `size` 0.
///
/// Returns the length of the whole sentence without its NUL, as snprintf() does: at least `size` if it was cut. 512
/// bytes are enough for nearly every sentence; mm_explain(NULL, 0) + 1 for this one, if nothing changes meanwhile.
///
/// The sentence is in the user's language: English, French or Chinese (simplified), by the first of the variables
/// MAPBOARD_LANG, LC_ALL, LC_MESSAGES and LANG that is not empty (`fr…`, `zh…`, else English); always in UTF-8. It has
/// no newline. Sentences may improve; for programs there is mm_explain_slug().
///
/// A failing call only notes its arguments; the looking is done here: at the descriptor, the file, the list of mappings,
/// the limits. Call it soon after the failure, before the descriptor is closed. A cause is named only where what is seen
/// proves it; otherwise the sentence says what is known: the call, its arguments, the errno. What cannot be seen (no
/// descriptor left, no /proc) makes it say less, never something wrong.
///
/// If no mm_ call of this thread has failed yet, the sentence says so. Success does not clear a failure, as with errno.
/// The minichat_ functions are not explained: their errno is in their description.
///
/// errno is as before. Nothing of the program's is changed: no descriptor is duplicated or closed (that would drop its
/// POSIX locks), none stays open, no memory is allocated.
///
/// Threads: any thread, each for its own failures. Also in a signal handler (about 8 KB of stack), before main, and in a
/// forked child, where the forking thread's last failure is the child's.
///
/// Source: open(2), statx(2), fcntl(2), proc(5), getrlimit(2).
///
/// # Safety
/// `buffer` is NULL, or `size` bytes of it may be written; nobody changes the environment meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_explain(buffer: *mut c_char, size: size_t) -> size_t {
    // SAFETY: the header's.
    let mut page = unsafe { Page::new(buffer, size) };
    tell(&mut page);
    page.end()
}

/// The stable identifier of what mm_explain() says, as "fd-read-only" or "file-empty": for programs, tests and scripts.
/// It is the same in all languages and versions; the list is in mapboard(7).
///
/// Returns a string that lasts as long as the library is loaded: "unknown" if the cause cannot be proven, "none" if no
/// mm_ call of this thread has failed. Never NULL.
///
/// errno is as before. Threads, signal handlers, fork: as mm_explain().
#[unsafe(no_mangle)]
pub extern "C" fn mm_explain_slug() -> *const c_char {
    story().cause.slug().for_c().as_ptr().cast()
}

/// Prints what mm_explain() says to the standard error output, as perror() prints errno: `prefix`, a colon and a space
/// (unless it is NULL or ""), the sentence and a newline, in one write.
///
/// errno is as before; that the output fails is nobody's error. Very long sentences are cut.
///
/// Threads, signal handlers, fork: as mm_explain(). In a signal handler it is of more use than perror(), which is not
/// allowed there.
///
/// # Safety
/// `prefix` is NULL or a string; nobody changes the environment meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mm_perror(prefix: *const c_char) {
    let prefix = if prefix.is_null() {
        c""
    } else {
        // SAFETY: the header's.
        unsafe { CStr::from_ptr(prefix) }
    };
    let mut room = [0; 1024];
    // SAFETY: our own array.
    let mut page = unsafe { Page::new(room.as_mut_ptr().cast(), room.len()) };
    tell(&mut page);
    let written = page.written;
    let sentence = room.get(..written).unwrap_or_default();
    let colon: &[u8] = if prefix.is_empty() { b"" } else { b": " };
    let _ = proc::write(libc::STDERR_FILENO, [prefix.to_bytes(), colon, sentence, b"\n"]);
}

/// The last failure of this thread, and why.
fn story() -> Story {
    let failures = failure::failures();
    let map = record::call(&failures.map, witness::MAP).map(|call| (call, failures.map.error));
    match record::call(&failures.last, witness::LAST) {
        Some(call) => find::story(&call, failures.last.error, &Own::new(&failures, map)),
        None => Story { cause: Cause::Nothing {}, why: None },
    }
}

/// Writes it in the user's language.
fn tell(out: &mut dyn Out) {
    let story = story();
    let names = [c"MAPBOARD_LANG", c"LC_ALL", c"LC_MESSAGES", c"LANG"];
    let language = Language::choose(names.into_iter().map(proc::variable));
    say::cause(language, &story.cause, story.why.as_ref(), out);
}

/// Writes into C's buffer as much as there is room for, in whole characters, and counts the rest.
struct Page {
    start: *mut u8,
    /// Without the NUL.
    room: usize,
    written: usize,
    needed: usize,
}

impl Page {
    /// # Safety
    /// `size` bytes at `buffer` may be written as long as this lives, unless it is NULL.
    unsafe fn new(buffer: *mut c_char, size: usize) -> Self {
        let page = Page { start: buffer.cast(), room: size.saturating_sub(1), written: 0, needed: 0 };
        if buffer.is_null() || size == 0 {
            return Page { start: core::ptr::null_mut(), room: 0, ..page };
        }
        page.terminate();
        page
    }

    fn terminate(&self) {
        if !self.start.is_null() {
            // SAFETY: `written` is at most `room`, which is one less than what may be written (`new`).
            let end = unsafe { self.start.add(self.written) };
            // SAFETY: as above.
            unsafe { end.write(0) };
        }
    }

    /// How many bytes it would have been.
    fn end(self) -> usize {
        self.terminate();
        self.needed
    }
}

impl Out for Page {
    fn put(&mut self, text: &str) {
        // Once something did not fit nothing is added: a shorter character might.
        let left = if self.written == self.needed { self.room - self.written } else { 0 };
        let mut length = text.len().min(left);
        while !text.is_char_boundary(length) {
            length -= 1;
        }
        if length > 0 {
            // SAFETY: `written + length` is at most `room` (`left`), and `start` is not NULL where there is room.
            let to = unsafe { self.start.add(self.written) };
            // SAFETY: as above; the text is ours, the buffer C's.
            unsafe { core::ptr::copy_nonoverlapping(text.as_ptr(), to, length) };
        }
        self.written += length;
        self.needed += text.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(size: usize, parts: &[&str]) -> (Vec<u8>, usize) {
        let mut room = vec![b'#'; size.max(1)];
        // SAFETY: as large as that.
        let mut page = unsafe { Page::new(room.as_mut_ptr().cast(), size) };
        for part in parts {
            page.put(part);
        }
        let needed = page.end();
        (room, needed)
    }

    #[test]
    fn never_too_much_and_never_part_of_a_character() {
        assert_eq!(page(0, &["abc"]), (b"#".to_vec(), 3));
        assert_eq!(page(1, &["abc"]), (b"\0".to_vec(), 3));
        assert_eq!(page(4, &["ab", "c"]), (b"abc\0".to_vec(), 3));
        assert_eq!(page(4, &["ab", "映", "c"]), (b"ab\0#".to_vec(), 6));
        assert_eq!(page(6, &["映射"]), ("映\0##".as_bytes().to_vec(), 6));
        assert_eq!(page(7, &["映射"]), ("映射\0".as_bytes().to_vec(), 6));
    }
}
