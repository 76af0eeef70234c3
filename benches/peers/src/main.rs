//! iceoryx2 as a peer: `peers stream COUNT` prints the nanoseconds of a delivered message, `peers trip COUNT` those of a
//! message there and back, both polled, between two processes on two processors. Messages have 128 bytes; the first
//! eight are a number. In the stream the subscriber's buffer holds 20, as a board does, and the oldest give way.

use iceoryx2::port::{publisher::Publisher, subscriber::Subscriber};
use iceoryx2::prelude::*;
use std::error::Error;
use std::process::{Command, exit};
use std::time::Instant;

type Message = [u64; 16];
type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() {
    if let Err(error) = run() {
        eprintln!("peers: {error}");
        exit(1);
    }
}

fn run() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [what, count, rest @ ..] = arguments.as_slice() else {
        return Err("usage: peers stream|trip COUNT".into());
    };
    let count: u64 = count.parse()?;
    set_log_level(LogLevel::Error);
    // The partner is this program again, told the name that both meet under, and its processor.
    let partner = rest.len() == 2;
    let (name, mine, other) = match rest {
        [name, processor] => (name.clone(), processor.parse()?, 0),
        _ => {
            let (first, second) = processors();
            (format!("mapboard-bench-{}", std::process::id()), first, second)
        }
    };
    go_to_processor(mine);
    let node = NodeBuilder::new().create::<ipc::Service>()?;
    let (there, back) = (Way::new(&node, &name, "there")?, Way::new(&node, &name, "back")?);
    if partner {
        let _ = match what.as_str() {
            "stream" => post(&there, &back, count),
            _ => answer(&there, &back, count),
        };
        return Ok(());
    }
    let arguments = [what, &count.to_string(), &name, &other.to_string()];
    let mut child = Command::new(std::env::current_exe()?).args(arguments).spawn()?;
    let ns = match what.as_str() {
        "stream" => receive(&there, &back, count),
        _ => ask(&there, &back, count),
    }?;
    child.wait()?;
    println!("{ns:.3}");
    Ok(())
}

/// Messages one way.
struct Way {
    publisher: Publisher<ipc::Service, Message, ()>,
    subscriber: Subscriber<ipc::Service, Message, ()>,
}

impl Way {
    fn new(node: &Node<ipc::Service>, name: &str, way: &str) -> Result<Self> {
        let service = node
            .service_builder(&format!("{name}/{way}").as_str().try_into()?)
            .publish_subscribe::<Message>()
            .subscriber_max_buffer_size(20)
            .enable_safe_overflow(true)
            .open_or_create()?;
        Ok(Way {
            publisher: service.publisher_builder().create()?,
            subscriber: service.subscriber_builder().create()?,
        })
    }

    fn send(&self, number: u64) -> Result<()> {
        let mut message = [number; 16];
        message[15] = !number;
        self.publisher.loan_uninit()?.write_payload(message).send()?;
        Ok(())
    }

    /// The next message's number.
    fn next(&self) -> Result<u64> {
        loop {
            if let Some(sample) = self.subscriber.receive()? {
                let message = *sample;
                if message[15] != !message[0] {
                    return Err("a torn message".into());
                }
                return Ok(message[0]);
            }
            std::hint::spin_loop();
        }
    }
}

/// Says "I am here" on one's own way until the other has said so on its way, and then once more.
fn meet(mine: &Way, theirs: &Way) -> Result<()> {
    // The other may not be connected yet: greet until it answers.
    loop {
        mine.send(u64::MAX)?;
        match theirs.subscriber.receive()? {
            Some(sample) if sample[0] == u64::MAX => return mine.send(u64::MAX),
            _ => {}
        }
        std::thread::yield_now();
    }
}

/// The next number that is no greeting.
fn number(way: &Way) -> Result<u64> {
    loop {
        match way.next()? {
            u64::MAX => {}
            number => return Ok(number),
        }
    }
}

fn post(there: &Way, back: &Way, count: u64) -> Result<()> {
    meet(there, back)?;
    number(back)?; // the other is ready
    for i in 1..=count {
        there.send(i)?;
    }
    number(back)?; // until the other has the last one
    Ok(())
}

fn receive(there: &Way, back: &Way, count: u64) -> Result<f64> {
    meet(back, there)?;
    back.send(1)?;
    let mut last = number(there)?;
    let start = Instant::now();
    let mut delivered = 0_u64;
    while last < count {
        let next = number(there)?;
        if next <= last {
            return Err("messages out of order".into());
        }
        last = next;
        delivered += 1;
    }
    let ns = start.elapsed().as_nanos() as f64 / delivered.max(1) as f64;
    back.send(2)?;
    Ok(ns)
}

fn answer(there: &Way, back: &Way, count: u64) -> Result<()> {
    meet(there, back)?;
    for _ in 0..count {
        let asked = number(back)?;
        there.send(asked + 1)?;
    }
    number(back)?;
    Ok(())
}

fn ask(there: &Way, back: &Way, count: u64) -> Result<f64> {
    meet(back, there)?;
    let start = Instant::now();
    for i in 0..count {
        back.send(2 * i + 1)?;
        if number(there)? != 2 * i + 2 {
            return Err("another answer than expected".into());
        }
    }
    let ns = start.elapsed().as_nanos() as f64 / count as f64;
    back.send(0)?;
    Ok(ns)
}

/// The first two of the processors that this process may use.
fn processors() -> (usize, usize) {
    // SAFETY: all zeros is an empty set.
    let mut allowed: libc::cpu_set_t = unsafe { std::mem::zeroed() };
    // SAFETY: the set is borrowed for the call.
    unsafe { libc::sched_getaffinity(0, size_of_val(&allowed), &raw mut allowed) };
    // SAFETY: below CPU_SETSIZE.
    let is_allowed = |cpu: &usize| unsafe { libc::CPU_ISSET(*cpu, &allowed) };
    let mut cpus = (0..libc::CPU_SETSIZE as usize).filter(is_allowed);
    let first = cpus.next().unwrap_or(0);
    (first, cpus.next().unwrap_or(first))
}

fn go_to_processor(cpu: usize) {
    // SAFETY: all zeros is an empty set.
    let mut one: libc::cpu_set_t = unsafe { std::mem::zeroed() };
    // SAFETY: below CPU_SETSIZE: `processors` found it.
    unsafe { libc::CPU_SET(cpu, &mut one) };
    // SAFETY: the set is borrowed for the call.
    unsafe { libc::sched_setaffinity(0, size_of_val(&one), &raw const one) };
}
