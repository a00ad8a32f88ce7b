//! Which messages had this hash? Buckets of four in a fixed space, the newest first.

/// Entries by hash. A bucket that is full forgets its oldest.
#[derive(Debug)]
pub(super) struct Table {
    /// The entry's number in the low bits, part of its hash in the high ones.
    buckets: Vec<[u32; 4]>,
    /// The low bits.
    mask: u32,
}

const EMPTY: u32 = u32::MAX;

impl Table {
    /// With about so many slots, for entries numbered below `entries` (at most 2^20).
    pub(super) fn new(slots: usize, entries: usize) -> Self {
        let mask = u32::try_from(entries.next_power_of_two()).unwrap_or(1 << 20) - 1;
        Self { buckets: vec![[EMPTY; 4]; slots.div_ceil(4).max(1)], mask }
    }

    pub(super) fn insert(&mut self, hash: u64, entry: usize) {
        let slot = u32::try_from(entry).unwrap_or_default() & self.mask | hash as u32 & !self.mask;
        let at = self.bucket(hash);
        if let Some([a, b, c, d]) = self.buckets.get_mut(at) {
            (*a, *b, *c, *d) = (slot, *a, *b, *c);
        }
    }

    /// Entries that may have been inserted with this hash, the newest first.
    pub(super) fn find(&self, hash: u64) -> impl Iterator<Item = usize> + '_ {
        let mask = self.mask;
        let bucket = self.buckets.get(self.bucket(hash)).into_iter().flatten();
        bucket
            .filter(move |slot| **slot != EMPTY && (**slot ^ hash as u32) & !mask == 0)
            .map(move |slot| (slot & mask) as usize)
    }

    pub(super) fn memory(&self) -> usize {
        self.buckets.len() * size_of::<[u32; 4]>()
    }

    /// The high half of the hash, scaled to the buckets.
    fn bucket(&self, hash: u64) -> usize {
        (((hash >> 32) * self.buckets.len() as u64) >> 32) as usize
    }
}
