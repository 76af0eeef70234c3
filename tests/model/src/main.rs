//! The board's protocols under every order of events that the memory model allows, by loom: the library's own sources,
//! on a board of 2 messages and 2 seats.
//!
//! Prints TAP. First each scenario, with the number of executions explored. Then a control for each thing that a line
//! of the library relies on, an Acquire, a Release, that a read-modify-write is one: it is taken away, and some
//! scenario must fail. An ordering written into the library that no scenario comes across fails as well.
//!
//! What loom cannot see: it never lets a load see a store that is yet to come, as the memory model would for Relaxed,
//! and it takes SeqCst for AcqRel, of which the library uses none. It explores as many preemptions as said, and not all
//! orders of what it takes for independent: shared.rs tells where it had to be corrected. Orderings that no control
//! needed were taken out of the library: what is left, each line says for what.

#[path = "../../../src/abi.rs"]
#[allow(dead_code)]
mod abi;
mod chat;
mod control;
#[path = "../../../src/errno.rs"]
#[allow(dead_code)]
mod errno;
mod scenarios;
#[allow(dead_code)]
mod sys;

use control::{CONTROL, Loss, SEEN, Site};
use scenarios::{ALL, Scenario};
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{Command, ExitCode};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// What loom says when it gives up: no answer, neither to a scenario nor to a control.
const GAVE_UP: &str = "exceeded";

/// In the long form (MAPBOARD_SOAK: seconds) each scenario is explored once more, with one preemption more, for its share
/// of most of that time.
fn longer() -> Option<Duration> {
    let seconds: f64 = std::env::var("MAPBOARD_SOAK").ok()?.parse().ok()?;
    Some(Duration::from_secs_f64(seconds * 0.7 / ALL.len() as f64))
}

/// Explores a scenario, for `time` at most: how many executions, and what failed.
fn explore(scenario: &Scenario, preemptions: Option<usize>, time: Option<Duration>) -> (u64, Option<String>) {
    static SAID: Mutex<String> = Mutex::new(String::new());
    std::panic::set_hook(Box::new(|panic| {
        let mut said = SAID.lock().unwrap();
        if said.is_empty() {
            let text = panic.to_string();
            *said = text.lines().nth(1).and_then(|line| line.split(';').next()).unwrap_or_default().into();
        }
    }));
    SAID.lock().unwrap().clear();
    let mut model = loom::model::Builder::new();
    model.max_branches = 100_000;
    model.preemption_bound = preemptions;
    model.max_duration = time;
    model.checkpoint_interval = 1000; // how often it looks at the time
    let executions = AtomicU64::new(0);
    let counted: &'static AtomicU64 = Box::leak(Box::new(executions));
    let run = scenario.run;
    let explored = catch_unwind(AssertUnwindSafe(|| {
        model.check(move || {
            counted.fetch_add(1, Relaxed);
            run();
        });
    }));
    (counted.load(Relaxed), explored.err().map(|_| SAID.lock().unwrap().clone()))
}

/// In a process of its own: explores `scenarios` until one fails without what is named. Exit status 0: one did.
fn control(file: &str, line: u32, loss: Loss, scenarios: &[String]) -> ExitCode {
    CONTROL.set(Some((file.into(), line, loss))).unwrap();
    for scenario in scenarios.iter().map(|index| &ALL[index.parse::<usize>().unwrap()]) {
        let (executions, failure) = explore(scenario, scenario.preemptions, None);
        if let Some(failure) = failure {
            println!("{} after {executions}: {failure}", scenario.name);
            return ExitCode::from(u8::from(failure.contains(GAVE_UP)));
        }
    }
    println!("every scenario passes without it");
    ExitCode::FAILURE
}

struct Tap {
    count: u32,
    failed: bool,
}

impl Tap {
    fn line(&mut self, ok: bool, text: &str) {
        self.count += 1;
        self.failed |= !ok;
        println!("{}ok {} - {text}", if ok { "" } else { "not " }, self.count);
    }
}

/// The lines of the library where an ordering is written that is more than Relaxed.
fn written() -> BTreeSet<Site> {
    const SOURCES: [(&str, &str); 6] = [
        ("dernier.rs", include_str!("../../../src/chat/dernier.rs")),
        ("people.rs", include_str!("../../../src/chat/people.rs")),
        ("publication.rs", include_str!("../../../src/chat/publication.rs")),
        ("ring.rs", include_str!("../../../src/chat/ring.rs")),
        ("seat.rs", include_str!("../../../src/chat/seat.rs")),
        ("wait.rs", include_str!("../../../src/chat/wait.rs")),
    ];
    let mut sites = BTreeSet::new();
    for (file, source) in SOURCES {
        for (line, text) in (1..).zip(source.lines()) {
            let code = text.split("//").next().unwrap_or("");
            let words = code.split(|c: char| !c.is_alphanumeric());
            if words.into_iter().any(|word| ["Acquire", "Release", "AcqRel", "SeqCst"].contains(&word)) {
                sites.insert(Site { file, line });
            }
        }
    }
    sites
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [file, line, loss, scenarios @ ..] = arguments.as_slice() {
        let loss = match loss.as_str() {
            "Acquire" => Loss::Acquire,
            "Release" => Loss::Release,
            _ => Loss::Atomicity,
        };
        return control(file, line.parse().unwrap(), loss, scenarios);
    }
    let mut tap = Tap { count: 0, failed: false };
    // What each scenario came across; those that were quickest explored come first.
    let mut seen: BTreeMap<(Site, Loss), BTreeSet<(u64, usize)>> = BTreeMap::new();
    for (index, scenario) in ALL.iter().enumerate() {
        let begin = Instant::now();
        let (executions, failure) = explore(scenario, scenario.preemptions, None);
        println!("# {:.1} s", begin.elapsed().as_secs_f64());
        let limit = scenario.preemptions.map_or("all".into(), |bound| format!("{bound} preemptions"));
        let what = failure.as_ref().map_or(String::new(), |failure| format!(": {failure}"));
        let name = scenario.name.replace('_', " ");
        tap.line(
            failure.is_none() && executions >= 10,
            &format!("{name}: {executions} executions, {limit}{what}"),
        );
        if let (Some(bound), Some(time)) = (scenario.preemptions, longer()) {
            let (executions, failure) = explore(scenario, Some(bound + 1), Some(time));
            let what = failure.as_ref().map_or(String::new(), |failure| format!(": {failure}"));
            let text = format!("{name}, longer: {executions} executions, {} preemptions{what}", bound + 1);
            tap.line(failure.is_none(), &text);
        }
        for place in std::mem::take(&mut *SEEN.lock().unwrap()) {
            seen.entry(place).or_default().insert((executions, index));
        }
    }
    for Site { file, line } in written() {
        let found = seen.keys().any(|(site, loss)| *site == Site { file, line } && *loss != Loss::Atomicity);
        if !found {
            tap.line(false, &format!("{file}:{line}: an ordering that no scenario comes across"));
        }
    }
    let program = std::env::current_exe().unwrap();
    for ((Site { file, line }, loss), scenarios) in seen {
        let begin = Instant::now();
        let mut command = Command::new(&program);
        command.args([file, &line.to_string(), &format!("{loss:?}")]);
        let output = command.args(scenarios.iter().map(|(_, index)| index.to_string())).output().unwrap();
        println!("# {:.1} s", begin.elapsed().as_secs_f64());
        let said = String::from_utf8_lossy(&output.stdout);
        let text = format!("control: {file}:{line} without {loss:?}: {}", said.trim().replace('_', " "));
        tap.line(output.status.success(), &text);
    }
    println!("1..{}", tap.count);
    ExitCode::from(u8::from(tap.failed))
}
