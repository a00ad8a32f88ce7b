//! How does chance draw, the same each time? Numbers from a seed: SplitMix64 (Steele, Lea, Flood, "Fast splittable
//! pseudorandom number generators", 2014), and the distributions that are made of them.

/// A sequence of numbers that a seed begins.
#[derive(Debug, Clone)]
pub(super) struct Dice(u64);

impl Dice {
    /// The sequence of one run for one name: whatever else is drawn, it is the same.
    pub(super) fn new(seed: u64, run: u64, name: &str) -> Self {
        let mut dice = Self(seed);
        for part in [run].into_iter().chain(name.bytes().map(u64::from)) {
            dice.0 = dice.next() ^ part;
        }
        dice
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Between 0 and 1, neither included.
    #[allow(clippy::cast_precision_loss, reason = "53 bits of it are kept")]
    pub(super) fn share(&mut self) -> f64 {
        ((self.next() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    fn normal(&mut self) -> f64 {
        (-2.0 * self.share().ln()).sqrt() * (std::f64::consts::TAU * self.share()).cos()
    }

    /// A count of a Poisson distribution: by multiplication (Knuth), in pieces of at most 30, since the sum of two Poisson
    /// counts is one.
    pub(super) fn poisson(&mut self, mean: f64) -> u64 {
        let (mut left, mut count) = (mean.clamp(0.0, 1e6), 0);
        while left > 0.0 {
            let piece = left.min(30.0);
            let (limit, mut product) = ((-piece).exp(), self.share());
            while product > limit {
                count += 1;
                product *= self.share();
            }
            left -= piece;
        }
        count
    }

    /// A factor of mean 1 with this variance: a gamma distribution (Marsaglia, Tsang, "A simple method for generating gamma
    /// variables", 2000).
    pub(super) fn factor(&mut self, variance: f64) -> f64 {
        if variance <= 1e-9 {
            return 1.0;
        }
        let shape = 1.0 / variance;
        // Below 1 the distribution is that of one with a greater shape times a power.
        let (raised, power) =
            if shape < 1.0 { (shape + 1.0, self.share().powf(1.0 / shape)) } else { (shape, 1.0) };
        let d = raised - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        // Of a hundred draws about ninety-five are taken; the bound is for form's sake.
        for _ in 0..1000 {
            let x = self.normal();
            let v = (1.0 + c * x).powi(3);
            if v > 0.0 && self.share().ln() < 0.5 * x * x + d - d * v + d * v.ln() {
                return d * v * power * variance;
            }
        }
        1.0
    }
}
