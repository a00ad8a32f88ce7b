//! Whose words stand in a message? Those of all rules, looked for in one pass with the listener's index.

use std::collections::BTreeMap;

use aho_corasick::AhoCorasick;

use super::condition::Wording;
use crate::model::Limits;
use crate::query::{Document, Index};
use crate::text::fold;

/// What the atoms of a protocol look for in texts, compiled.
#[derive(Debug, Default)]
pub(super) struct Texts {
    index: Option<Index>,
    /// The atoms that each query of the index answers.
    queries: Vec<Vec<usize>>,
    parts: Option<AhoCorasick>,
    /// The atom that each of the parts answers.
    part_atoms: Vec<usize>,
    /// Atoms that are looked for one by one, because all together are too large.
    single: Vec<(usize, Wording)>,
}

impl Texts {
    /// Of atoms with their places in the pool.
    pub(super) fn new(wordings: &BTreeMap<usize, Wording>, limits: &Limits) -> Self {
        let mut texts = Self::default();
        let mut builder = Index::builder(limits);
        let mut parts = Vec::new();
        let mut queries = Vec::new();
        for (atom, wording) in wordings.iter().map(|(atom, wording)| (*atom, wording.clone())) {
            match &wording {
                Wording::Query(query) => match builder.add(query) {
                    Ok(number) => {
                        let number = number as usize;
                        if queries.len() <= number {
                            queries.resize_with(number + 1, Vec::new);
                        }
                        if let Some(atoms) = queries.get_mut(number) {
                            atoms.push((atom, wording));
                        }
                    }
                    Err(_) => texts.single.push((atom, wording)),
                },
                Wording::Contains(_) => parts.push((atom, wording)),
            }
        }
        match builder.build() {
            Ok(index) => {
                texts.index = (!index.is_empty()).then_some(index);
                texts.queries = queries
                    .into_iter()
                    .map(|atoms| atoms.into_iter().map(|(atom, _)| atom).collect())
                    .collect();
            }
            Err(_) => texts.single.extend(queries.into_iter().flatten()),
        }
        let needles = parts.iter().filter_map(|(_, wording)| match wording {
            Wording::Contains(folded) => Some(folded.as_str()),
            Wording::Query(_) => None,
        });
        match AhoCorasick::new(needles) {
            Ok(found) if !parts.is_empty() => {
                texts.parts = Some(found);
                texts.part_atoms = parts.into_iter().map(|(atom, _)| atom).collect();
            }
            Ok(_) => {}
            Err(_) => texts.single.extend(parts),
        }
        texts
    }

    /// Calls `found` with each atom whose words stand in a message, perhaps more than once.
    pub(super) fn scan(&self, document: &Document<'_>, found: &mut dyn FnMut(usize)) {
        if let Some(index) = &self.index {
            for query in index.scan(document).matches() {
                self.queries.get(query as usize).into_iter().flatten().for_each(|atom| found(*atom));
            }
        }
        if let Some(parts) = &self.parts {
            for zone in document.texts() {
                let folded = fold(zone.text().source());
                for part in parts.find_overlapping_iter(&folded) {
                    self.part_atoms.get(part.pattern().as_usize()).into_iter().for_each(|atom| found(*atom));
                }
            }
        }
        for (atom, wording) in &self.single {
            if wording.holds(document) {
                found(*atom);
            }
        }
    }
}
