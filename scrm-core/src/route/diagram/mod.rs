//! What does a protocol look like? Its rules, departments and ladders as a diagram, for Mermaid and for Graphviz.
//!
//! The same protocol gives the same text. Every name is escaped, so no name can change what is drawn.

mod drawing;
mod graphviz;
mod mermaid;

use self::drawing::Drawing;
use super::Protocol;

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    /// The rules with what they set, grouped by the department that they send to, and which overrides which.
    Rules,
    /// The departments, with the rules and ladders that send to them.
    Departments,
    /// The ladders with their rungs, and the rules that climb them.
    Ladders,
}

impl What {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Rules, Self::Departments, Self::Ladders];

    /// The name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rules => "rules",
            Self::Departments => "departments",
            Self::Ladders => "ladders",
        }
    }

    /// What has this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|what| what.as_str() == name)
    }
}

/// The diagram in the language of Mermaid, which README files and wikis draw.
///
/// ```
/// use scrm_core::model::Limits;
/// use scrm_core::playbook::Playbook;
/// use scrm_core::route::diagram::{What, mermaid};
/// let protocol = r#"
/// [protocol]
/// id = "care"
/// version = "1"
/// [[rule]]
/// id = "complaint"
/// owner = "care"
/// why = "Somebody is unhappy"
/// when = 'type is complaint'
/// set = { department = "care", priority = 2 }
/// "#;
/// let playbook = Playbook::from_file("care.toml", protocol, &Limits::DEFAULT).unwrap();
/// let drawn = mermaid(&playbook.protocol, What::Rules);
/// assert!(drawn.starts_with("flowchart LR\n"));
/// assert!(drawn.contains(r#"["complaint<br>priority 2"]"#));
/// ```
pub fn mermaid(protocol: &Protocol, what: What) -> String {
    mermaid::written(&Drawing::of(protocol, what))
}

/// The diagram in the language of Graphviz: `dot -Tsvg` draws it.
///
/// ```
/// use scrm_core::model::Limits;
/// use scrm_core::playbook::Playbook;
/// use scrm_core::route::diagram::{What, graphviz};
/// let protocol = "[protocol]\nid = \"care\"\nversion = \"1\"\n";
/// let playbook = Playbook::from_file("care.toml", protocol, &Limits::DEFAULT).unwrap();
/// assert!(graphviz(&playbook.protocol, What::Ladders).starts_with("digraph \"care\" {\n"));
/// ```
pub fn graphviz(protocol: &Protocol, what: What) -> String {
    graphviz::written(&Drawing::of(protocol, what))
}

#[cfg(test)]
mod tests;
