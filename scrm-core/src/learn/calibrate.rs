//! How probable is a label at this margin? Found on examples that were left out.

/// The slope of margins that say nothing: they still give an order.
const FLAT: f64 = 1e-3;

/// Slope and offset from a margin to a logit, after Platt, as Lin, Lin and Weng put it ("A Note on Platt's
/// Probabilistic Outputs for Support Vector Machines", 2007): few examples do not make it sure.
pub(super) fn platt(points: &[(f32, bool, f32)]) -> [f32; 2] {
    let sum = |of: bool| -> f64 {
        points.iter().filter(|point| point.1 == of).map(|point| f64::from(point.2)).sum()
    };
    let (yes, no) = (sum(true), sum(false));
    if yes <= 0.0 || no <= 0.0 {
        return [1.0, 0.0];
    }
    let (high, low) = ((yes + 1.0) / (yes + 2.0), 1.0 / (no + 2.0));
    let loss = |a: f64, b: f64| -> f64 {
        points
            .iter()
            .map(|(margin, own, weight)| {
                let z = a * f64::from(*margin) + b;
                let wanted = if *own { high } else { low };
                let softplus = if z > 0.0 { z + (-z).exp().ln_1p() } else { z.exp().ln_1p() };
                f64::from(*weight) * (softplus - wanted * z)
            })
            .sum()
    };
    let (mut a, mut b) = (1.0_f64, ((yes + 1.0) / (no + 1.0)).ln());
    let mut before = loss(a, b);
    for _ in 0..100 {
        let (mut ga, mut gb, mut haa, mut hab, mut hbb) = (0.0, 0.0, 1e-9, 0.0, 1e-9);
        for (margin, own, weight) in points {
            let (margin, weight) = (f64::from(*margin), f64::from(*weight));
            let p = 1.0 / (1.0 + (-(a * margin + b)).exp());
            let off = weight * (p - if *own { high } else { low });
            let curve = weight * p * (1.0 - p);
            ga += off * margin;
            gb += off;
            haa += curve * margin * margin;
            hab += curve * margin;
            hbb += curve;
        }
        if ga.abs() < 1e-7 && gb.abs() < 1e-7 {
            break;
        }
        let determinant = haa * hbb - hab * hab;
        let (da, db) = ((hbb * ga - hab * gb) / determinant, (haa * gb - hab * ga) / determinant);
        let mut stride = 1.0;
        while stride > 1e-8 {
            let after = loss(a - stride * da, b - stride * db);
            if after < before {
                (a, b, before) = (a - stride * da, b - stride * db, after);
                break;
            }
            stride *= 0.5;
        }
        if stride <= 1e-8 {
            break;
        }
    }
    // Margins that say nothing, or the contrary, leave what is probable without them.
    let [a, b] = if a > FLAT && a.is_finite() && b.is_finite() { [a, b] } else { [FLAT, (yes / no).ln()] };
    #[allow(clippy::cast_possible_truncation, reason = "no more exact than that")]
    [a as f32, b as f32]
}

/// By what all margins are to be multiplied, so that their softmax says how probable each label is (Guo, Pleiss, Sun and
/// Weinberger, "On Calibration of Modern Neural Networks", 2017). `points` are margins, the label that holds, and a weight.
pub(super) fn temperature(points: &[(Vec<f32>, usize, f32)]) -> f32 {
    let loss = |log: f64| -> f64 {
        let slope = log.exp();
        points
            .iter()
            .map(|(margins, own, weight)| {
                let scaled = margins.iter().map(|margin| slope * f64::from(*margin));
                let largest = scaled.clone().fold(f64::MIN, f64::max);
                let sum: f64 = scaled.map(|z| (z - largest).exp()).sum();
                let of_own = slope * f64::from(margins.get(*own).copied().unwrap_or(0.0));
                f64::from(*weight) * (largest + sum.ln() - of_own)
            })
            .sum()
    };
    if points.is_empty() {
        return 1.0;
    }
    // The loss has one valley in the logarithm: the golden section finds it.
    let (mut from, mut to) = (-3.0_f64, 4.0_f64);
    let ratio = (5.0_f64.sqrt() - 1.0) / 2.0;
    for _ in 0..40 {
        let (left, right) = (to - ratio * (to - from), from + ratio * (to - from));
        if loss(left) < loss(right) { to = right } else { from = left }
    }
    #[allow(clippy::cast_possible_truncation, reason = "no more exact than that")]
    {
        f64::midpoint(from, to).exp() as f32
    }
}

/// The probability from which a label holds, so that F1 may be expected to be best: `points` are probabilities and
/// weights. It is half of that F1 (Lipton, Elkan and Naryanaswamy, "Optimal Thresholding of Classifiers to Maximize F1
/// Measure", 2014); what holds of the points is not looked at again, for of few of them it would be chance.
pub(super) fn best_f1(points: &[(f32, f32)]) -> f32 {
    let mut sorted = points.to_vec();
    sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
    let all: f64 = sorted.iter().map(|(probability, weight)| f64::from(probability * weight)).sum();
    let (mut hit, mut said, mut best) = (0.0, 0.0, 0.0_f64);
    for (probability, weight) in sorted {
        hit += f64::from(probability * weight);
        said += f64::from(weight);
        best = best.max(2.0 * hit / (all + said));
    }
    #[allow(clippy::cast_possible_truncation, reason = "no more exact than that")]
    if best > 0.0 { (best / 2.0) as f32 } else { 0.5 }
}
