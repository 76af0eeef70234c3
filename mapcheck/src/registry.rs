//! What is mapped in an address space, and by which call: an ordered map of pieces. A piece remembers the call that
//! made it (`Origin`), through splitting, protecting and moving. What was removed is remembered for a while too.

use crate::site::Place;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

/// How many removed ranges are remembered.
const REMEMBERED: usize = 4096;

/// The call that made a mapping.
#[derive(Debug)]
pub struct Origin {
    pub id: u64,
    /// Who called: None for what the C library, the loader or the kernel mapped.
    pub place: Option<Place>,
    /// The call was written in the main program (not in a library).
    pub in_program: bool,
    pub start: u64,
    /// As asked for, not rounded.
    pub length: u64,
    pub flags: i32,
    pub prot: i32,
    pub file: Option<File>,
    pub offset: u64,
    /// Mappings placed with MAP_FIXED into a mapping belong to its region: one reservation, cut up on purpose.
    pub region: u64,
    /// The process that made it; a child has it by fork only.
    pub pid: i32,
    /// Bytes after the end of the file that were not zero when it was mapped.
    pub stale: Vec<u8>,
    /// A line of /proc/PID/maps: the heap, the stack, the program's own image.
    pub name: String,
}

/// The file of a mapping, as it was at the call.
#[derive(Clone, Debug, PartialEq)]
pub struct File {
    pub device: u64,
    pub inode: u64,
    pub path: String,
    pub size: u64,
    pub regular: bool,
    /// F_GETFL.
    pub access: i32,
    /// Where the descriptor's cursor stood.
    pub cursor: u64,
    /// f_type of its file system.
    pub magic: u64,
}

impl Origin {
    pub fn shared(&self) -> bool {
        self.flags & libc::MAP_TYPE != libc::MAP_PRIVATE
    }

    pub fn anonymous(&self) -> bool {
        self.file.is_none()
    }

    /// Whether its owner is the program or one of its libraries, not the C library.
    pub fn judged(&self) -> bool {
        self.place.is_some()
    }

    pub fn same_file(&self, other: &Origin) -> bool {
        match (&self.file, &other.file) {
            (Some(a), Some(b)) => a.device == b.device && a.inode == b.inode,
            _ => false,
        }
    }
}

#[derive(Clone, Debug)]
pub struct Piece {
    pub start: u64,
    pub end: u64,
    pub prot: i32,
    pub origin: Rc<Origin>,
    /// A part of its mapping was unmapped, by this call: (where, bytes asked for).
    pub cut: Option<Rc<Cut>>,
}

/// A munmap that left a rest.
#[derive(Debug)]
pub struct Cut {
    pub place: Place,
    pub length: u64,
}

impl Piece {
    /// The file's byte behind an address.
    pub fn offset_at(&self, address: u64) -> u64 {
        self.origin.offset.wrapping_add(address.wrapping_sub(self.origin.start))
    }
}

/// A range that is mapped no more.
#[derive(Clone, Debug)]
pub struct Removed {
    pub start: u64,
    pub end: u64,
    pub origin: Rc<Origin>,
    /// Who removed it; None: the C library.
    pub place: Option<Place>,
    /// By mremap: it is elsewhere now.
    pub moved: bool,
}

#[derive(Clone, Default, Debug)]
pub struct Registry {
    pieces: BTreeMap<u64, Piece>,
    removed: VecDeque<Removed>,
}

impl Registry {
    pub fn pieces(&self) -> impl Iterator<Item = &Piece> {
        self.pieces.values()
    }

    /// How many pieces there are.
    pub fn len(&self) -> usize {
        self.pieces.len()
    }

    pub fn at(&self, address: u64) -> Option<&Piece> {
        self.pieces.range(..=address).next_back().map(|(_, piece)| piece).filter(|piece| address < piece.end)
    }

    /// The pieces that touch a range.
    pub fn within(&self, start: u64, end: u64) -> impl Iterator<Item = &Piece> {
        let from = self.at(start).map_or(start, |piece| piece.start);
        self.pieces.range(from..end.max(from)).map(|(_, piece)| piece)
    }

    /// The last piece that begins before an address.
    pub fn before(&self, address: u64) -> Option<&Piece> {
        self.pieces.range(..address).next_back().map(|(_, piece)| piece)
    }

    pub fn insert(&mut self, piece: Piece) {
        self.take(piece.start, piece.end);
        self.removed.retain(|old| old.end <= piece.start || piece.end <= old.start);
        self.pieces.insert(piece.start, piece);
    }

    /// Removes what is in a range; gives it back.
    pub fn take(&mut self, start: u64, end: u64) -> Vec<Piece> {
        self.split(start);
        self.split(end);
        let keys: Vec<u64> = self.pieces.range(start..end.max(start)).map(|(&key, _)| key).collect();
        keys.iter().filter_map(|key| self.pieces.remove(key)).collect()
    }

    /// Puts pieces back that were taken out, as if nothing had happened.
    pub fn put_back(&mut self, pieces: Vec<Piece>) {
        for piece in pieces {
            let (start, end) = (piece.start, piece.end);
            self.insert(piece);
            self.join(start);
            self.join(end);
        }
    }

    /// Makes one piece of the two that meet at an address, if nothing tells them apart.
    fn join(&mut self, address: u64) {
        let Some(right) = self.pieces.get(&address).cloned() else { return };
        let Some((_, left)) = self.pieces.range_mut(..address).next_back() else { return };
        let same_cut = match (&left.cut, &right.cut) {
            (None, None) => true,
            (Some(a), Some(b)) => Rc::ptr_eq(a, b),
            _ => false,
        };
        if left.end == address
            && Rc::ptr_eq(&left.origin, &right.origin)
            && left.prot == right.prot
            && same_cut
        {
            left.end = right.end;
            self.pieces.remove(&address);
        }
    }

    pub fn protect(&mut self, start: u64, end: u64, prot: i32) {
        self.split(start);
        self.split(end);
        for (_, piece) in self.pieces.range_mut(start..end.max(start)) {
            piece.prot = prot;
        }
    }

    pub fn remember(&mut self, removed: Removed) {
        if self.removed.len() == REMEMBERED {
            self.removed.pop_front();
        }
        self.removed.push_back(removed);
    }

    /// Marks what is left of a mapping that was unmapped in part. Looks nowhere else: there may be 65 thousand others.
    pub fn mark_cut(&mut self, origin: &Origin, cut: &Rc<Cut>) {
        let end = origin.start.saturating_add(origin.length);
        let rest = self.pieces.range_mut(origin.start..end).map(|(_, piece)| piece);
        for piece in rest.filter(|piece| piece.origin.id == origin.id) {
            piece.cut = Some(cut.clone());
        }
    }

    /// The latest removal of an address.
    pub fn removed_at(&self, address: u64) -> Option<&Removed> {
        self.removed.iter().rev().find(|old| old.start <= address && address < old.end)
    }

    /// The latest removal that began at an address.
    pub fn removed_from(&self, start: u64) -> Option<&Removed> {
        self.removed.iter().rev().find(|old| old.start == start)
    }

    fn split(&mut self, address: u64) {
        let Some(left) = self.at(address).filter(|piece| piece.start < address).map(|piece| piece.start)
        else {
            return;
        };
        let Some(piece) = self.pieces.get_mut(&left) else { return };
        let right = Piece { start: address, ..piece.clone() };
        piece.end = address;
        self.pieces.insert(address, right);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(id: u64, start: u64, length: u64) -> Rc<Origin> {
        Rc::new(Origin {
            id,
            place: None,
            in_program: true,
            start,
            length,
            flags: libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
            prot: 3,
            file: None,
            offset: 0,
            region: id,
            pid: 1,
            stale: Vec::new(),
            name: String::new(),
        })
    }

    fn piece(id: u64, start: u64, end: u64) -> Piece {
        Piece { start, end, prot: 3, origin: origin(id, start, end - start), cut: None }
    }

    fn ranges(registry: &Registry) -> Vec<(u64, u64, u64)> {
        registry.pieces().map(|p| (p.start, p.end, p.origin.id)).collect()
    }

    #[test]
    fn a_hole_leaves_two_pieces_of_one_mapping() {
        let mut registry = Registry::default();
        registry.insert(piece(1, 0x1000, 0x5000));
        assert_eq!(registry.take(0x2000, 0x3000).len(), 1);
        assert_eq!(ranges(&registry), [(0x1000, 0x2000, 1), (0x3000, 0x5000, 1)]);
        assert!(registry.at(0x2fff).is_none());
        assert_eq!(registry.at(0x3000).map(|p| p.offset_at(0x3000)), Some(0x2000));
    }

    #[test]
    fn what_is_put_back_is_whole_again() {
        let mut registry = Registry::default();
        registry.insert(piece(1, 0x1000, 0x5000));
        registry.insert(piece(2, 0x5000, 0x6000));
        let taken = registry.take(0x2000, 0x5800);
        assert_eq!(taken.len(), 2);
        registry.put_back(taken);
        assert_eq!(ranges(&registry), [(0x1000, 0x5000, 1), (0x5000, 0x6000, 2)]);
    }

    #[test]
    fn mapping_again_forgets_the_removal() {
        let mut registry = Registry::default();
        let old = piece(1, 0x1000, 0x2000);
        registry.remember(Removed {
            start: 0x1000,
            end: 0x2000,
            origin: old.origin,
            place: None,
            moved: false,
        });
        assert!(registry.removed_at(0x1800).is_some());
        registry.insert(piece(2, 0x1000, 0x1800));
        assert!(registry.removed_at(0x1900).is_none());
    }

    #[test]
    fn a_range_sees_the_piece_that_begins_before_it() {
        let mut registry = Registry::default();
        registry.insert(piece(1, 0x1000, 0x4000));
        registry.insert(piece(2, 0x6000, 0x7000));
        assert_eq!(registry.within(0x2000, 0x6001).count(), 2);
        assert_eq!(registry.within(0x2000, 0x6000).count(), 1);
        registry.protect(0x2000, 0x3000, 1);
        assert_eq!(registry.pieces().map(|p| p.prot).collect::<Vec<_>>(), [3, 1, 3, 3]);
    }
}
