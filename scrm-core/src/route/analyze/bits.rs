//! Which values of one axis? A set of cells.

/// Some of the cells of one axis. Sets that are compared are of the same axis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Bits {
    /// Of at most 64 cells.
    Small(u64),
    /// Of more.
    Large(Box<[u64]>),
}

impl Bits {
    /// None of so many cells.
    pub(super) fn none(cells: usize) -> Self {
        if cells <= 64 { Self::Small(0) } else { Self::Large(vec![0; cells.div_ceil(64)].into()) }
    }

    /// Those of so many cells for which `test` holds.
    pub(super) fn of(cells: usize, mut test: impl FnMut(usize) -> bool) -> Self {
        let mut bits = Self::none(cells);
        (0..cells).filter(|cell| test(*cell)).for_each(|cell| bits.insert(cell));
        bits
    }

    fn words(&self) -> &[u64] {
        match self {
            Self::Small(word) => std::slice::from_ref(word),
            Self::Large(words) => words,
        }
    }

    fn zip(&self, other: &Self, join: impl Fn(u64, u64) -> u64) -> Self {
        match (self, other) {
            (Self::Small(a), Self::Small(b)) => Self::Small(join(*a, *b)),
            _ => Self::Large(self.words().iter().zip(other.words()).map(|(a, b)| join(*a, *b)).collect()),
        }
    }

    pub(super) fn and(&self, other: &Self) -> Self {
        self.zip(other, |a, b| a & b)
    }

    pub(super) fn or(&self, other: &Self) -> Self {
        self.zip(other, |a, b| a | b)
    }

    pub(super) fn minus(&self, other: &Self) -> Self {
        self.zip(other, |a, b| a & !b)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.words().iter().all(|word| *word == 0)
    }

    pub(super) fn is_disjoint(&self, other: &Self) -> bool {
        self.words().iter().zip(other.words()).all(|(a, b)| a & b == 0)
    }

    /// Whether every cell of it is one of `other`.
    pub(super) fn is_within(&self, other: &Self) -> bool {
        self.words().iter().zip(other.words()).all(|(a, b)| a & !b == 0)
    }

    pub(super) fn contains(&self, cell: usize) -> bool {
        self.words().get(cell / 64).is_some_and(|word| word & (1 << (cell % 64)) != 0)
    }

    pub(super) fn insert(&mut self, cell: usize) {
        let words = match self {
            Self::Small(word) => std::slice::from_mut(word),
            Self::Large(words) => words,
        };
        if let Some(word) = words.get_mut(cell / 64) {
            *word |= 1 << (cell % 64);
        }
    }

    /// The cells, least first.
    pub(super) fn iter(&self) -> impl Iterator<Item = usize> {
        let words = self.words().iter().zip(0_usize..);
        words.flat_map(|(word, at)| {
            let word = *word;
            (0..64).filter(move |bit| word & (1 << bit) != 0).map(move |bit| at * 64 + bit)
        })
    }

    pub(super) fn first(&self) -> Option<usize> {
        self.iter().next()
    }
}
