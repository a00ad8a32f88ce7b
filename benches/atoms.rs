//! How fast is the bare search? All words of all monitors in one automaton, run over the same folded texts: what any
//! listener would pay for finding words alone, and so the measure of what is paid besides.

use std::collections::HashSet;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use scrm_core::query::{Pattern, Query, Word};
use scrm_core::text::DELIMITER;

/// An automaton of words.
#[derive(Debug)]
pub struct Atoms {
    automaton: AhoCorasick,
    /// Different words and phrases in it.
    pub patterns: usize,
}

impl Atoms {
    /// Of all words and phrases of queries; `None` when they are too many for it. Exact literals, expressions and
    /// attributes are left out.
    pub fn of(queries: impl Iterator<Item = Query>) -> Option<Self> {
        let mut patterns = HashSet::new();
        for query in queries {
            for clause in query.clauses() {
                let Query::Atom(atom) = clause else { continue };
                match &atom.pattern {
                    Pattern::Words(words) => drop(patterns.insert(delimited(words))),
                    Pattern::Loose { words, .. } => {
                        patterns.extend(words.iter().map(|word| delimited(std::slice::from_ref(word))));
                    }
                    Pattern::Exact(_) | Pattern::Regex(_) => {}
                }
            }
        }
        patterns.remove("");
        let n_patterns = patterns.len();
        let automaton = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .match_kind(MatchKind::Standard)
            .build(patterns)
            .ok()?;
        Some(Self { automaton, patterns: n_patterns })
    }

    /// How many of them stand in a folded text, overlapping ones included.
    pub fn scan(&self, folded: &str) -> u64 {
        self.automaton.find_overlapping_iter(folded).count() as u64
    }
}

/// `␟word␟word␟`; of a word with wildcards its longest fixed part, without the delimiter where a wildcard stands.
fn delimited(words: &[Word]) -> String {
    let mut text = String::from(DELIMITER);
    for word in words {
        text.push_str(&word.text);
        text.push(DELIMITER);
    }
    if !words.iter().any(|word| word.glob) {
        return text;
    }
    text.split(['*', '?']).max_by_key(|part| part.len()).unwrap_or_default().to_owned()
}
