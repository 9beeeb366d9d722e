//! A set of descriptors in the form that select wants.

use std::os::fd::RawFd;

use rustix::event::{
    FdSetElement, FdSetIter, fd_set_bound, fd_set_insert, fd_set_num_elements, fd_set_remove,
};

/// An `fd_set` that grows with the descriptors in it.
///
/// C's `fd_set` ends at descriptor 1023, and FD_SET writes past its end without a word for the next
/// one. That is a limit of the C type alone: the kernel takes sets of any length.
#[derive(Default)]
pub(crate) struct DescriptorSet {
    elements: Vec<FdSetElement>,
}

impl DescriptorSet {
    pub(crate) fn insert(&mut self, descriptor: RawFd) {
        self.make_room(descriptor + 1);
        fd_set_insert(&mut self.elements, descriptor);
    }

    /// Takes out a descriptor that was inserted once, here or in the set that this is a copy of.
    pub(crate) fn remove(&mut self, descriptor: RawFd) {
        self.make_room(descriptor + 1);
        fd_set_remove(&mut self.elements, descriptor);
    }

    /// Makes this set equal to `other`, in the space that it already has.
    pub(crate) fn copy_from(&mut self, other: &Self) {
        self.elements.clone_from(&other.elements);
    }

    pub(crate) fn clear(&mut self) {
        self.elements.clear();
    }

    /// The descriptors in the set, in ascending order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = RawFd> {
        FdSetIter::new(&self.elements)
    }

    /// One more than the greatest descriptor in the set.
    pub(crate) fn bound(&self) -> RawFd {
        fd_set_bound(&self.elements)
    }

    /// The bits of the set, enough of them for all descriptors below `bound`, for select to read
    /// and to overwrite.
    pub(crate) fn elements_below(&mut self, bound: RawFd) -> &mut [FdSetElement] {
        self.make_room(bound);
        &mut self.elements
    }

    fn make_room(&mut self, bound: RawFd) {
        // Counts only where a set is an array of descriptors, which no Unix does.
        let set_count = bound as usize;
        let needed = fd_set_num_elements(set_count, bound);
        if self.elements.len() < needed {
            self.elements.resize(needed, FdSetElement::default());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptors_beyond_1023_are_no_different() {
        let mut set = DescriptorSet::default();
        for descriptor in [5000, 0, 1023, 1024, 64] {
            set.insert(descriptor);
        }
        set.remove(1023);
        assert_eq!(set.iter().collect::<Vec<_>>(), [0, 64, 1024, 5000]);
        assert_eq!(set.bound(), 5001);
        assert!(set.elements_below(100_000).len() >= 100_000 / 64);
        assert_eq!(set.bound(), 5001);
    }

    #[test]
    fn a_copy_takes_over_everything() {
        let (mut set, mut other) = (DescriptorSet::default(), DescriptorSet::default());
        set.insert(3);
        other.insert(700);
        set.copy_from(&other);
        assert_eq!(set.iter().collect::<Vec<_>>(), [700]);
        set.clear();
        assert_eq!((set.iter().next(), set.bound()), (None, 0));
    }
}
