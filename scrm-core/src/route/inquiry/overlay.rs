//! What if some facts were otherwise? The facts of a message, with others laid over them.

use crate::model::Span;
use crate::query::Document;
use crate::route::condition::{Atom, AxisName, Facts, Field, Quantity, Range};
use crate::route::given::GivenFacts;

/// Facts in which what `changes` says goes before what `base` says.
pub(super) struct Overlay<'a, F> {
    pub(super) base: &'a F,
    pub(super) changes: GivenFacts<'a>,
}

impl<F: Facts> Facts for Overlay<'_, F> {
    fn name(&self, field: &Field) -> Option<&str> {
        self.changes.name(field).or_else(|| self.base.name(field))
    }

    fn names(&self, field: &Field, visit: &mut dyn FnMut(&str)) -> bool {
        self.changes.names(field, visit) || self.base.names(field, visit)
    }

    fn number(&self, quantity: &Quantity) -> Option<Range> {
        self.changes.number(quantity).or_else(|| self.base.number(quantity))
    }

    fn personal_data(&self) -> Option<bool> {
        self.changes.personal_data().or_else(|| self.base.personal_data())
    }

    fn in_hours(&self, calendar: &str) -> Option<bool> {
        self.changes.in_hours(calendar).or_else(|| self.base.in_hours(calendar))
    }

    fn local_minutes(&self) -> Option<u16> {
        self.changes.local_minutes().or_else(|| self.base.local_minutes())
    }

    fn changed(&self, field: &Field, values: Option<(&str, &str)>) -> Option<bool> {
        self.changes.changed(field, values).or_else(|| self.base.changed(field, values))
    }

    fn with_text(&self, ask: &mut dyn FnMut(&Document<'_>)) -> bool {
        self.changes.with_text(ask) || self.base.with_text(ask)
    }

    fn confidence(&self, axis: AxisName) -> Option<f32> {
        self.changes.confidence(axis).or_else(|| self.base.confidence(axis))
    }

    fn spans(&self, atom: &Atom) -> Vec<Span> {
        self.base.spans(atom)
    }
}
