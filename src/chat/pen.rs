//! What a participant needs to post: who it says it is, and its buffers.

use super::layout::Whiteboard;
use super::people::{Claim, Listed};
use super::publication::Own;
use crate::abi::{MINICHAT_NICK_MAX, minichat_person};
use libc::c_char;

/// What a post needs.
pub struct Pen {
    /// None: a reader, who never posts.
    pub own: Option<Own<Whiteboard>>,
    pub nick: [u8; MINICHAT_NICK_MAX],
    pub nick_length: usize,
    pub pid: u32,
    pub uid: u32,
    pub since: i64,
    pub hidden: bool,
    /// Of my entry of people: another one there, and the seat is no longer mine.
    pub stamp: u64,
    /// When I last looked whether descriptors, seat and board are still what they were, nanoseconds of the time of day.
    pub looked: i64,
}

impl Pen {
    pub fn rename(&mut self, nick: &[u8]) {
        for (to, from) in self.nick.iter_mut().zip(nick) {
            *to = *from;
        }
        self.nick_length = nick.len().min(self.nick.len());
    }

    pub fn name(&self) -> &[u8] {
        self.nick.get(..self.nick_length).unwrap_or_default()
    }

    pub fn claim(&self) -> Claim<'_> {
        Claim { since: self.since, pid: self.pid, uid: self.uid, nick: self.name(), hidden: self.hidden }
    }

    /// What the others read in the entry that `claim` makes.
    pub fn list(&self, out: &mut minichat_person) -> Listed {
        for (to, from) in out.nick.iter_mut().zip(self.name()) {
            *to = *from as c_char;
        }
        out.nick_length = self.nick_length as u32;
        (out.since_ns, out.pid, out.uid) = (self.since, self.pid, self.uid);
        if self.hidden { Listed::Hidden } else { Listed::Named }
    }
}
