//! What participants do at the same time, each scenario as small as it can be while it still goes wrong when the
//! library's code does. Before the first `go` everything happens in order, and costs nothing.

use crate::abi::{minichat_message, minichat_person};
use crate::chat::dernier::Dernier;
use crate::chat::layout::{Seat, Shape, Word};
use crate::chat::message::Letter;
use crate::chat::people::{Claim, Listed, People};
use crate::chat::publication::{Found, Own};
use crate::chat::ring::{ASLEEP, Look, Posted, Ring, WATCHED};
use crate::chat::seat;
use crate::chat::shared::{AtomicU32, Board, Memory, Ordering::Relaxed};
use crate::chat::wait::{Eagerness, Sleeper, interrupt};
use crate::chat::watch::Watch;
use crate::errno::Errno;
use crate::sys::{self, event, futex, lock};
use loom::thread::{self, JoinHandle};
use std::sync::Arc;

/// A scenario: its name and what it does.
pub struct Scenario {
    pub name: &'static str,
    pub run: fn(),
    /// How often a thread may lose its turn without having to; None: as often as there is an instruction.
    pub preemptions: Option<usize>,
}

macro_rules! scenarios {
    ($($run:ident: $preemptions:expr;)*) => {
        pub const ALL: &[Scenario] =
            &[$(Scenario { name: stringify!($run), run: $run, preemptions: $preemptions }),*];
    };
}
scenarios! {
    a_message_is_written_over_while_it_is_read: Some(5);
    a_poster_that_was_overtaken_by_a_whole_ring: Some(2);
    numbers_are_committed_in_order: Some(3);
    a_successor_uses_buffers_of_messages_that_are_gone: Some(2);
    a_sleeper_and_a_poster: Some(5);
    two_sleepers_and_a_poster: Some(2);
    a_sleeper_on_an_entry_that_is_read: Some(3);
    a_thread_goes_on_where_another_has_read: Some(3);
    a_sleeper_is_interrupted: None;
    one_interruption_ends_one_wait: Some(2);
    a_sleeper_sees_a_seek: None;
    an_event_loop_rests: None;
    a_name_is_changed_while_it_is_read: Some(5);
    a_seat_changes_hands: Some(4);
    two_want_the_same_seat: None;
}

/// As few messages and participants as show everything.
pub struct Small;
impl Shape for Small {
    const RING: u64 = 2;
    const SEATS: usize = 2;
}

type Shared = Arc<Board<Small>>;

const BOARD_ID: u64 = 4711;

fn board() -> Shared {
    sys::boot();
    Arc::new(Board::new())
}

fn go<T: 'static>(act: impl FnOnce() -> T + 'static) -> JoinHandle<T> {
    thread::spawn(act)
}

fn place(index: usize) -> Seat<Small> {
    Seat::all().nth(index).unwrap()
}

fn wake(board: &Board<Small>, posted: Posted) {
    if posted.marks & ASLEEP != 0 {
        futex::wake_shared(board.word(Word::entry(posted.number)));
    }
    if posted.marks & WATCHED != 0 {
        event::bell();
    }
}

/// Posts a text of one letter, as minichat_post does; its number. It has seen nothing but its own messages.
fn post(board: &Board<Small>, own: &mut Own<Small>, text: &str) -> u64 {
    let text = text.as_bytes();
    let letter = Letter { board: BOARD_ID, time: 1, pid: 2, uid: 3, seat: 4, flags: 0, nick: b"", text };
    let posted = Ring(board).publish(&letter, own, 0).ok().expect("a whole board is taken for a spoiled one");
    wake(board, posted);
    posted.number
}

/// The next message: its number and text.
fn read(board: &Board<Small>, after: u64) -> Option<(u64, String)> {
    // SAFETY: numbers and arrays of them.
    let mut message: minichat_message = unsafe { core::mem::zeroed() };
    match Ring(board).find(BOARD_ID, after, &mut message) {
        Ok(Found::Message) => {
            assert_eq!(message.missed, message.number - after - 1);
            let text = message.text[..message.text_length as usize].iter().map(|byte| *byte as u8 as char);
            Some((message.number, text.collect()))
        }
        Ok(Found::Nothing) => None,
        Ok(Found::Spoiled(number)) => panic!("message {number} is torn"),
        Err(_) => panic!("a whole board is taken for a spoiled one"),
    }
}

fn own(board: &Board<Small>, index: usize) -> Own<Small> {
    Own::new(&Ring(board), place(index))
}

fn sleep(board: &Board<Small>, number: u64, interrupt: &AtomicU32) -> Result<bool, Errno> {
    sleep_behind(board, &Dernier::new(number - 1), interrupt)
}

fn sleep_behind(board: &Board<Small>, dernier: &Dernier, interrupt: &AtomicU32) -> Result<bool, Errno> {
    let sleeper = Sleeper { memory: board, dernier, interrupt, eager: &Eagerness::new(), read_only: false };
    sleeper.sleep(i64::MAX)
}

// ---- messages --------------------------------------------------------------------------------------------------------

fn a_message_is_written_over_while_it_is_read() {
    let board = board();
    let mut writer = own(&board, 0);
    post(&board, &mut writer, "a");
    post(&board, &mut writer, "b");
    let reader = go({
        let board = board.clone();
        move || read(&board, 0)
    });
    // "c" retires "a", "d" goes into the buffer that held it.
    post(&board, &mut writer, "c");
    post(&board, &mut writer, "d");
    let (number, text) = reader.join().unwrap().expect("there always was a message");
    assert_eq!(text, ["a", "b", "c", "d"][number as usize - 1]);
}

fn a_poster_that_was_overtaken_by_a_whole_ring() {
    let board = board();
    let slow = go({
        let (board, mut own) = (board.clone(), own(&board, 1));
        move || (post(&board, &mut own, "x"), "x")
    });
    let mut writer = own(&board, 0);
    let mut posted: Vec<_> = ["a", "b", "c"].map(|text| (post(&board, &mut writer, text), text)).into();
    assert!(posted.windows(2).all(|two| two[0].0 < two[1].0));
    posted.push(slow.join().unwrap());
    posted.sort();
    assert!(posted.iter().map(|(number, _)| *number).eq(1..=4), "each number once: {posted:?}");
    assert_eq!(Ring(&*board).newest(), Ok(4));
    for number in 3..=4 {
        let (_, text) = posted[number as usize - 1];
        assert_eq!(read(&board, number - 1), Some((number, text.into())));
    }
}

fn numbers_are_committed_in_order() {
    let board = board();
    let posters = [(0, "a"), (1, "b")].map(|(seat, text)| {
        let (board, mut own) = (board.clone(), own(&board, seat));
        go(move || post(&board, &mut own, text))
    });
    let ring = Ring(&*board);
    let newest = ring.newest().unwrap();
    for number in 1..=newest {
        assert!(matches!(ring.look(number), Look::Here(_)), "{newest} is there, {number} is not");
        assert!(read(&board, number - 1).is_some());
    }
    let [a, b] = posters.map(|poster| poster.join().unwrap());
    assert!((a, b) == (1, 2) || (a, b) == (2, 1));
    assert_eq!(ring.newest(), Ok(2));
}

fn a_successor_uses_buffers_of_messages_that_are_gone() {
    let board = board();
    let mut before = own(&board, 0);
    post(&board, &mut before, "a");
    post(&board, &mut before, "b");
    let other = go({
        let (board, mut own) = (board.clone(), own(&board, 1));
        move || (post(&board, &mut own, "x"), "x")
    });
    let successor = go({
        let board = board.clone();
        move || (post(&board, &mut own(&board, 0), "c"), "c")
    });
    let got = read(&board, 0);
    let mut posted = vec![(1, "a"), (2, "b"), other.join().unwrap(), successor.join().unwrap()];
    posted.sort();
    let (number, text) = got.expect("there always was a message");
    assert_eq!((number, text.as_str()), posted[number as usize - 1]);
}

// ---- sleeping --------------------------------------------------------------------------------------------------------

fn a_sleeper_and_a_poster() {
    let board = board();
    let poster = go({
        let (board, mut own) = (board.clone(), own(&board, 0));
        move || post(&board, &mut own, "a")
    });
    assert_eq!(sleep(&board, 1, &AtomicU32::new(0)), Ok(true));
    assert_eq!(read(&board, 0), Some((1, "a".into())));
    poster.join().unwrap();
}

fn two_sleepers_and_a_poster() {
    let board = board();
    let sleeper = go({
        let board = board.clone();
        move || sleep(&board, 1, &AtomicU32::new(0))
    });
    let poster = go({
        let (board, mut own) = (board.clone(), own(&board, 0));
        move || post(&board, &mut own, "a")
    });
    assert_eq!(sleep(&board, 1, &AtomicU32::new(0)), Ok(true));
    assert_eq!(sleeper.join().unwrap(), Ok(true));
    poster.join().unwrap();
}

fn a_sleeper_on_an_entry_that_is_read() {
    let board = board();
    let mut writer = own(&board, 0);
    post(&board, &mut writer, "a");
    post(&board, &mut writer, "b");
    // "a" stands where the sleeper sets its mark, and where "c" will.
    let reader = go({
        let board = board.clone();
        move || read(&board, 0)
    });
    let sleeper = go({
        let board = board.clone();
        move || sleep(&board, 3, &AtomicU32::new(0))
    });
    post(&board, &mut writer, "c");
    let (number, text) = reader.join().unwrap().expect("there always was a message");
    assert_eq!(text, ["a", "b", "c"][number as usize - 1]);
    assert_eq!(sleeper.join().unwrap(), Ok(true));
}

fn a_thread_goes_on_where_another_has_read() {
    let board = board();
    let dernier = Arc::new(Dernier::new(0));
    let reader = go({
        let (board, dernier) = (board.clone(), dernier.clone());
        move || {
            if let Some((number, _)) = read(&board, 1) {
                dernier.set(number);
            }
        }
    });
    let poster = go({
        let (board, mut own) = (board.clone(), own(&board, 0));
        move || {
            post(&board, &mut own, "a");
            post(&board, &mut own, "b");
        }
    });
    let seen = dernier.get();
    assert!(!matches!(Ring(&*board).look(seen + 1), Look::Spoiled), "an older board than that");
    reader.join().unwrap();
    poster.join().unwrap();
}

fn a_sleeper_is_interrupted() {
    let board = board();
    let (word, done) = (Arc::new(AtomicU32::new(0)), Arc::new(loom::sync::atomic::AtomicU32::new(0)));
    let other = go({
        let (word, done) = (word.clone(), done.clone());
        move || {
            done.store(1, Relaxed);
            interrupt(&word);
        }
    });
    assert_eq!(sleep(&board, 1, &word), Err(Errno(libc::EINTR)));
    assert_eq!(done.load(Relaxed), 1, "who was interrupted sees what was done before");
    other.join().unwrap();
}

fn one_interruption_ends_one_wait() {
    let board = board();
    let word = Arc::new(AtomicU32::new(0));
    let other = go({
        let (board, word) = (board.clone(), word.clone());
        move || sleep(&board, 1, &word)
    });
    let poster = go({
        let (board, word, mut own) = (board.clone(), word.clone(), own(&board, 0));
        move || {
            interrupt(&word);
            post(&board, &mut own, "a");
        }
    });
    let ends = [sleep(&board, 1, &word), other.join().unwrap()];
    assert!(ends.contains(&Ok(true)), "both were interrupted");
    poster.join().unwrap();
}

fn a_sleeper_sees_a_seek() {
    let board = board();
    post(&board, &mut own(&board, 0), "a");
    let dernier = Arc::new(Dernier::new(1));
    let other = go({
        let dernier = dernier.clone();
        move || dernier.seek(0)
    });
    assert_eq!(sleep_behind(&board, &dernier, &AtomicU32::new(0)), Ok(true));
    other.join().unwrap();
}

fn an_event_loop_rests() {
    let board = board();
    let poster = go({
        let (board, mut own) = (board.clone(), own(&board, 0));
        move || post(&board, &mut own, "a")
    });
    let watch = Watch::new();
    watch.start(0).unwrap();
    watch.rest(&*board, 0, false);
    poster.join().unwrap();
    assert!(event::readable(), "there is a message and nobody has rung");
}

// ---- people ----------------------------------------------------------------------------------------------------------

fn claim(nick: &str) -> Claim<'_> {
    Claim { since: 1, pid: 2, uid: 3, nick: nick.as_bytes(), hidden: false }
}

/// Who sits there; None: nameless.
fn who(board: &Board<Small>, seat: Seat<Small>) -> Option<String> {
    let mut person = minichat_person::NOBODY;
    (People(board).read(seat, &mut person) == Listed::Named)
        .then(|| person.nick[..person.nick_length as usize].iter().map(|byte| *byte as u8 as char).collect())
}

fn a_name_is_changed_while_it_is_read() {
    let board = board();
    let people = People(&*board);
    people.write(place(0), &claim("a"));
    let reader = go({
        let board = board.clone();
        move || who(&board, place(0))
    });
    people.write(place(0), &claim("b"));
    people.write(place(0), &claim("c"));
    let name = reader.join().unwrap().expect("it always had a name");
    assert!(["a", "b", "c"].contains(&name.as_str()), "{name}");
}

const BYTE: i64 = 1;
const FIRST: i32 = 11;
const SECOND: i32 = 12;
const THIRD: i32 = 13;

fn a_seat_changes_hands() {
    let board = board();
    seat::claim(FIRST, &*board).unwrap();
    People(&*board).write(place(0), &claim("a"));
    let dying = go(move || lock::clear(FIRST, BYTE, 1));
    let successor = go({
        let board = board.clone();
        move || {
            let seat = seat::claim(SECOND, &*board).unwrap();
            People(&*board).write(seat, &claim("b"));
        }
    });
    match lock::holder_of(BYTE) {
        Some(SECOND) => assert_ne!(who(&board, place(0)).as_deref(), Some("a"), "shown as its predecessor"),
        Some(_) => assert_ne!(who(&board, place(0)).as_deref(), Some(""), "torn"),
        None => {}
    }
    dying.join().unwrap().unwrap();
    successor.join().unwrap();
}

fn two_want_the_same_seat() {
    let board = board();
    People(&*board).write(place(0), &claim("a")); // and died
    let join = |fd: i32, nick: &'static str| {
        let board = board.clone();
        go(move || {
            let seat = seat::claim(fd, &*board).unwrap();
            People(&*board).write(seat, &claim(nick));
            (seat.index(), nick)
        })
    };
    let both = [join(SECOND, "b"), join(THIRD, "c")].map(|thread| thread.join().unwrap());
    assert_ne!(both[0].0, both[1].0);
    for (seat, nick) in both {
        assert_eq!(who(&board, place(seat)).as_deref(), Some(nick));
    }
}
