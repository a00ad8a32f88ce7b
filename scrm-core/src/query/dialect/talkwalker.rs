//! How does Talkwalker differ? Its `*` stands at the end of a word alone, and it has few fields.

use super::super::fields::Target;
use super::super::{Attribute, Form};
use super::{Loose, Rules, Signs, Wildcards, same};

pub(super) static RULES: Rules = Rules {
    name: "Talkwalker",
    native: false,
    and_not: true,
    proximity: true,
    negated_groups: true,
    blank_joins: true,
    signs: Signs::Plain,
    braces: false,
    expressions: false,
    escapes: false,
    plain: Form::Plain,
    wildcards: Wildcards::Last,
    loose: Loose::Between,
    field,
    fields: &["site"],
    value: same,
};

fn field(name: &str) -> Option<Target> {
    (name == "site").then_some(Target::Test(Attribute::Site))
}
