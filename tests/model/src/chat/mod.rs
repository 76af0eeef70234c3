//! The library's own sources, all but the one that touches the mapping: `shared` is the model's.
#![allow(dead_code)] // what is only for the real board

#[path = "../../../../src/chat/dernier.rs"]
pub mod dernier;
#[path = "../../../../src/chat/header.rs"]
pub mod header;
#[path = "../../../../src/chat/layout.rs"]
pub mod layout;
#[path = "../../../../src/chat/message.rs"]
pub mod message;
#[path = "../../../../src/chat/people.rs"]
pub mod people;
#[path = "../../../../src/chat/publication.rs"]
pub mod publication;
#[path = "../../../../src/chat/ring.rs"]
pub mod ring;
#[path = "../../../../src/chat/seat.rs"]
pub mod seat;
pub mod shared;
#[path = "../../../../src/chat/text.rs"]
pub mod text;
#[path = "../../../../src/chat/wait.rs"]
pub mod wait;
#[path = "../../../../src/chat/watch.rs"]
pub mod watch;
