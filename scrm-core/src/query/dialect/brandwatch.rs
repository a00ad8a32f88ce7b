//! How does Brandwatch differ? Its tilde counts moves, `raw:` is the older way to write braces.

use super::super::fields::Target;
use super::super::{Attribute, Form, Zone};
use super::{Loose, Rules, Signs, Wildcards, same};

pub(super) static RULES: Rules = Rules {
    name: "Brandwatch",
    native: false,
    and_not: true,
    proximity: true,
    negated_groups: true,
    blank_joins: false,
    signs: Signs::Plain,
    braces: true,
    expressions: false,
    escapes: false,
    plain: Form::Plain,
    wildcards: Wildcards::NotFirst,
    loose: Loose::Moves,
    field,
    fields: &["title", "url", "links", "author", "site", "language", "country", "raw"],
    value: same,
};

fn field(name: &str) -> Option<Target> {
    Some(match name {
        "title" => Target::Zone(Zone::Title),
        "url" | "links" => Target::Zone(Zone::Url),
        "author" => Target::Test(Attribute::Author),
        "site" => Target::Test(Attribute::Site),
        "language" => Target::Test(Attribute::Lang),
        "country" => Target::Test(Attribute::Country),
        "raw" => Target::Literal,
        _ => return None,
    })
}
