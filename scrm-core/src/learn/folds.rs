//! Which examples are left out when? Each falls into one part, and each part has its share of every label.

use super::matrix::Instance;
use super::random::Random;

/// Into how many parts examples are put, and what stays together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Folds {
    /// So many parts; a text with all that is said of it falls into one. Figures are not flattered by texts that come
    /// twice.
    Texts(usize),
    /// So many parts; each row by itself, as most published figures are made.
    Rows(usize),
}

impl Folds {
    /// How many parts there are.
    pub fn number(self) -> usize {
        match self {
            Self::Texts(number) | Self::Rows(number) => number,
        }
    }
}

/// By instance, the part that it falls into.
pub(super) fn folds(instances: &[Instance], n_labels: usize, folds: Folds, seed: u64) -> Vec<usize> {
    let group = |at: usize, instance: &Instance| match folds {
        Folds::Texts(_) => instance.row,
        Folds::Rows(_) => at,
    };
    let n_groups =
        instances.iter().enumerate().map(|(at, instance)| group(at, instance) + 1).max().unwrap_or(0);
    // The label of most weight says to which share a group belongs.
    let mut classes = vec![(f32::MIN, n_labels); n_groups];
    for (at, instance) in instances.iter().enumerate() {
        if let Some(class) = classes.get_mut(group(at, instance)).filter(|class| instance.weight > class.0) {
            *class = (instance.weight, instance.labels.first().copied().unwrap_or(n_labels));
        }
    }
    let mut random = Random::new(seed ^ 0x5EED);
    let mut parts = vec![0; n_groups];
    let mut next = 0;
    for label in 0..=n_labels {
        let of_label = classes.iter().enumerate().filter(|(_, class)| class.1 == label);
        let mut groups: Vec<usize> = of_label.map(|(group, _)| group).collect();
        random.shuffle(&mut groups);
        for group in groups {
            if let Some(part) = parts.get_mut(group) {
                *part = next % folds.number().max(1);
            }
            next += 1;
        }
    }
    let part = |(at, instance)| parts.get(group(at, instance)).copied().unwrap_or(0);
    instances.iter().enumerate().map(part).collect()
}
