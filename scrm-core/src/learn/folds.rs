//! Which examples are left out when? Each text falls into one part, and each part has its share of every label.

use super::matrix::Instance;
use super::random::Random;

/// The part of each text, `0..folds`. A text with all that is said of it falls into one part.
pub(super) fn folds(instances: &[Instance], n_texts: usize, n_labels: usize, folds: usize, seed: u64) -> Vec<usize> {
    let mut class = vec![n_labels; n_texts];
    let mut best = vec![f32::MIN; n_texts];
    for instance in instances {
        let (Some(class), Some(best)) = (class.get_mut(instance.row), best.get_mut(instance.row)) else { continue };
        if instance.weight > *best {
            *best = instance.weight;
            *class = instance.labels.first().copied().unwrap_or(n_labels);
        }
    }
    let mut random = Random::new(seed ^ 0x5EED);
    let mut parts = vec![0; n_texts];
    let mut next = 0;
    for label in 0..=n_labels {
        let mut texts: Vec<usize> =
            class.iter().enumerate().filter(|(_, of)| **of == label).map(|(text, _)| text).collect();
        random.shuffle(&mut texts);
        for text in texts {
            if let Some(part) = parts.get_mut(text) {
                *part = next % folds.max(1);
            }
            next += 1;
        }
    }
    parts
}
