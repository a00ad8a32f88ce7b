//! What does a model read of a text? For those who train models outside.

use pyo3::prelude::*;
use scrm_core::classify::Units;
use scrm_core::text::Text;

use super::gil::{CHUNK, detached, turn};

/// The units that models read of each text: pairs of a word and whether a negation reaches it.
///
/// `scrm.units(["NOT happy!!"])` is `[[("not", False), ("happy", True), ("!!", False)]]`. The core's
/// `classify::Units` says what is a unit.
#[pyfunction]
#[expect(clippy::needless_pass_by_value, reason = "Python's list becomes ours")]
#[pyo3(signature = (texts, /))]
pub(super) fn units(py: Python<'_>, texts: Vec<String>) -> PyResult<Vec<Vec<(String, bool)>>> {
    let mut all = Vec::with_capacity(texts.len());
    for chunk in texts.chunks(CHUNK) {
        turn(py)?;
        all.extend(detached(py, || chunk.iter().map(|text| of(text)).collect::<Vec<_>>())?);
    }
    Ok(all)
}

fn of(text: &str) -> Vec<(String, bool)> {
    let text = Text::new(text);
    let units = Units::new(&text, &[]);
    units.units().iter().map(|unit| (units.word(unit).to_owned(), unit.negated)).collect()
}
