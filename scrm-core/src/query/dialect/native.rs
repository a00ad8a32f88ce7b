//! How is a query written here? Everything the tree can say.

use super::super::{Form, fields};
use super::{Loose, Rules, Signs, Wildcards, same};

pub(super) static RULES: Rules = Rules {
    name: "this language",
    native: true,
    and_not: true,
    proximity: true,
    negated_groups: true,
    blank_joins: true,
    signs: Signs::Plain,
    braces: true,
    expressions: true,
    escapes: false,
    plain: Form::Plain,
    wildcards: Wildcards::Anywhere,
    loose: Loose::Between,
    field: fields::native,
    fields: &fields::NATIVE,
    value: same,
};
