//! Where does chance come from? From a seed, a stream and a number, so that the millionth thing costs no more to make
//! than the first and every run makes the same.

/// A generator of numbers: splitmix64 (Steele, Lea and Flood 2014), begun anew for each thing that is made.
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// The numbers of the thing `index` of the stream `stream`.
    pub fn of(seed: u64, stream: u64, index: usize) -> Self {
        let mut dice = Self(seed ^ stream.wrapping_mul(0xD6E8_FEB8_6659_FD93));
        let start = dice.roll() ^ (index as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        Self(start)
    }

    /// The next 64 bits.
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ (bits >> 31)
    }

    /// A number below `limit`; 0 when the limit is 0.
    pub fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.roll() >> 32).unwrap_or(0) % limit.max(1)
    }

    /// Whether a thing happens that happens so many times in a hundred.
    pub fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of a list, each as likely as the other.
    ///
    /// # Panics
    /// When the list is empty.
    #[allow(
        clippy::indexing_slicing,
        reason = "the lists that benchmarks draw from are constants, none is empty"
    )]
    pub fn pick<T: Clone>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())].clone()
    }

    /// A rank below `len`, drawn as words and names are: about as often as 1/(rank + head). The first `head` ranks are
    /// equally likely, and so is each stretch twice as long as the one before it.
    pub fn zipf(&mut self, len: usize, head: usize) -> usize {
        let head = head.max(1);
        let mut octaves = 1;
        while head.saturating_mul((1 << octaves) - 1) < len && octaves < 40 {
            octaves += 1;
        }
        loop {
            let octave = self.below(octaves);
            let rank = head * ((1 << octave) - 1) + self.below(head << octave);
            if rank < len.max(1) {
                return rank;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Dice;

    #[test]
    fn small_ranks_are_drawn_more_often() {
        let mut dice = Dice::of(1, 2, 3);
        let mut counts = [0; 4];
        for _ in 0..10_000 {
            counts[(dice.zipf(1000, 4) + 1).ilog10() as usize] += 1;
        }
        assert!(counts[0] > counts[2] / 2 && counts[1] > counts[2] / 2, "{counts:?}");
        assert_eq!(Dice::of(1, 2, 3).roll(), Dice::of(1, 2, 3).roll());
        assert_ne!(Dice::of(1, 2, 3).roll(), Dice::of(1, 2, 4).roll());
    }
}
