//! Is it more than before, and how sure is that? The few formulas that several measures share, each with its source.

/// 97.5 % of the normal distribution lie below it: intervals are of 95 %.
pub(super) const Z: f64 = 1.959_963_984_540_054;

/// How a count compares with those of the time before.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct RateRatio {
    /// The mean of the time before.
    pub(super) expected: f64,
    pub(super) ratio: f64,
    pub(super) low: f64,
    pub(super) high: f64,
    /// How much more the days before differ than chance alone would have them; at least 1.
    pub(super) dispersion: f64,
}

/// The ratio of a day's count to the mean of the days before, with an interval of 95 %.
///
/// Counts are taken for Poisson's with a dispersion φ (quasi-Poisson: McCullagh, Nelder, "Generalized Linear Models", 1989,
/// 6.2.3), estimated from the `k` days before as φ = max(1, Σ (x - mean)² / mean / (k - 1)). With half a message added to
/// each count the logarithm of the ratio has the standard error √(φ (1 / count + 1 / Σ before)) (Rothman, Greenland, Lash,
/// "Modern Epidemiology", 2008, 14). `None` without a day before.
pub(super) fn rate_ratio(count: u64, before: &[u64]) -> Option<RateRatio> {
    if before.is_empty() {
        return None;
    }
    let days = number(before.len() as u64);
    let sum: u64 = before.iter().sum();
    let mean = number(sum) / days;
    let dispersion = dispersion(before);
    let (here, there) = (number(count) + 0.5, number(sum) + 0.5);
    let ratio = here / (there / days);
    let error = (dispersion * (1.0 / here + 1.0 / there)).sqrt();
    Some(RateRatio {
        expected: mean,
        ratio: if sum > 0 { number(count) / mean } else { ratio },
        low: ratio * (-Z * error).exp(),
        high: ratio * (Z * error).exp(),
        dispersion,
    })
}

/// How much more counts differ than chance alone would have them: Pearson's χ² over its degrees of freedom, at least 1.
pub(super) fn dispersion(counts: &[u64]) -> f64 {
    let days = number(counts.len() as u64);
    let mean = number(counts.iter().sum()) / days.max(1.0);
    if counts.len() < 2 || mean <= 0.0 {
        return 1.0;
    }
    let squares: f64 = counts.iter().map(|count| (number(*count) - mean).powi(2) / mean).sum();
    (squares / (days - 1.0)).max(1.0)
}

/// How many standard errors a count lies above what was expected: 2 (√(count + 3/8) - √(expected + 3/8)) / √φ (Anscombe,
/// "The transformation of Poisson, binomial and negative-binomial data", 1948).
pub(super) fn surprise(count: u64, expected: f64, dispersion: f64) -> f64 {
    2.0 * ((number(count) + 0.375).sqrt() - (expected + 0.375).sqrt()) / dispersion.sqrt()
}

/// A share with its interval of 95 % (Wilson, "Probable inference, the law of succession, and statistical inference",
/// 1927): share, low, high, each 0 to 1. `None` of nothing.
pub(super) fn share(part: u64, of: u64) -> Option<(f64, f64, f64)> {
    if of == 0 {
        return None;
    }
    let (n, p) = (number(of), number(part) / number(of));
    let (middle, scale) = (p + Z * Z / (2.0 * n), 1.0 + Z * Z / n);
    let half = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    Some((p, ((middle - half) / scale).max(0.0), ((middle + half) / scale).min(1.0)))
}

/// A percentage; `None` of nothing.
pub(super) fn percent(part: u64, of: u64) -> Option<f64> {
    (of > 0).then(|| 100.0 * number(part) / number(of))
}

/// A count as a number.
#[allow(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
pub(super) fn number(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_and_shares_are_those_of_the_books() {
        // Twice the mean of seven like days: the interval does not hold 1; half a message more or less is chance.
        let twice = rate_ratio(200, &[100; 7]).unwrap();
        assert_eq!((twice.expected, twice.ratio, twice.dispersion), (100.0, 2.0, 1.0));
        assert!(twice.low > 1.6 && twice.high < 2.4, "{twice:?}");
        let same = rate_ratio(101, &[100; 7]).unwrap();
        assert!(same.low < 1.0 && same.high > 1.0, "{same:?}");
        // Days that differ much make a day that differs less of a surprise.
        let wild = rate_ratio(200, &[10, 190, 40, 160, 100, 150, 50]).unwrap();
        assert!(wild.low < 1.0 && wild.high > 2.0, "{wild:?}");
        assert_eq!(rate_ratio(3, &[]), None);
        assert!(rate_ratio(3, &[0, 0]).unwrap().low.is_finite());
        // Wilson's interval of 8 in 10: 0.490 to 0.943 (Newcombe 1998, table I).
        let (p, low, high) = share(8, 10).unwrap();
        assert_eq!(p, 0.8);
        assert!((low - 0.4902).abs() < 5e-4 && (high - 0.9433).abs() < 5e-4, "{low} {high}");
        assert_eq!(share(0, 0), None);
        assert!(surprise(30, 10.0, 1.0) > 4.0 && surprise(30, 10.0, 4.0) < 4.0);
    }
}
