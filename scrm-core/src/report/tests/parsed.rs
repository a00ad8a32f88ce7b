//! What does a browser make of a page? Its elements with their attributes and texts, and its faults.

use html5ever::tendril::TendrilSink;
use html5ever::{ParseOpts, parse_document};
use markup5ever_rcdom::{Handle, NodeData, RcDom};

/// One element of a page.
#[derive(Debug, Clone, Default)]
pub(super) struct Element {
    pub(super) name: String,
    pub(super) attributes: Vec<(String, String)>,
    /// All text in it.
    pub(super) text: String,
    /// How deep it stands.
    depth: usize,
}

/// A cell of a table: what machines read, and what people read.
#[derive(Debug, Clone)]
pub(super) struct Shown {
    pub(super) machine: Option<String>,
    pub(super) text: String,
}

/// A page, read back.
#[derive(Debug, Clone, Default)]
pub(super) struct Page {
    /// In the order of the page.
    pub(super) elements: Vec<Element>,
    /// What is no HTML.
    pub(super) faults: Vec<String>,
}

impl Element {
    /// Its name and the names of its attributes, with those values that are not of anybody.
    pub(super) fn shape(&self) -> String {
        let names: Vec<&str> = self.attributes.iter().map(|(name, _)| name.as_str()).collect();
        format!("{}[{}]", self.name, names.join(" "))
    }

    pub(super) fn attribute(&self, name: &str) -> &str {
        self.attributes.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

impl Page {
    pub(super) fn of(html: &str) -> Self {
        let dom = parse_document(RcDom::default(), ParseOpts::default()).one(html);
        let mut page = Self::default();
        page.faults = dom.errors.borrow().iter().map(ToString::to_string).collect();
        page.read(&dom.document, 0);
        page
    }

    fn read(&mut self, node: &Handle, depth: usize) -> String {
        let mut text = String::new();
        let at = self.elements.len();
        match &node.data {
            NodeData::Text { contents } => text.push_str(&contents.borrow()),
            NodeData::Element { name, attrs, .. } => {
                let attributes = attrs.borrow();
                let attributes =
                    attributes.iter().map(|one| (one.name.local.to_string(), one.value.to_string()));
                let name = name.local.to_string();
                self.elements.push(Element {
                    name,
                    attributes: attributes.collect(),
                    depth,
                    ..Element::default()
                });
            }
            NodeData::Comment { contents } => self.faults.push(format!("a comment: {contents}")),
            _ => {}
        }
        for child in node.children.borrow().iter() {
            text.push_str(&self.read(child, depth + 1));
        }
        if let (NodeData::Element { .. }, Some(element)) = (&node.data, self.elements.get_mut(at)) {
            element.text.clone_from(&text);
        }
        text
    }

    /// What stands in an element.
    fn inside(&self, at: usize) -> &[Element] {
        let depth = self.elements[at].depth;
        let rest = &self.elements[at + 1..];
        let end = rest.iter().position(|element| element.depth <= depth).unwrap_or(rest.len());
        &rest[..end]
    }

    /// The rows of all elements of a name.
    pub(super) fn cells(&self, name: &str) -> Vec<Vec<Shown>> {
        let tables = (0..self.elements.len()).filter(|at| self.elements[*at].name == name);
        tables.flat_map(|at| Self::rows(self.inside(at))).collect()
    }

    /// The rows of the table with an id.
    pub(super) fn cells_of(&self, id: &str) -> Vec<Vec<Shown>> {
        let at = self.elements.iter().position(|element| element.attribute("id") == id);
        Self::rows(self.inside(at.unwrap_or_else(|| panic!("no {id}"))))
    }

    fn rows(elements: &[Element]) -> Vec<Vec<Shown>> {
        let mut rows: Vec<Vec<Shown>> = Vec::new();
        for element in elements {
            match element.name.as_str() {
                "tr" => rows.push(Vec::new()),
                "td" => {
                    let row = rows.last_mut().unwrap();
                    row.push(Shown { machine: None, text: element.text.trim().to_owned() });
                }
                "data" | "time" => {
                    let attribute = if element.name == "data" { "value" } else { "datetime" };
                    rows.last_mut().unwrap().last_mut().unwrap().machine =
                        Some(element.attribute(attribute).to_owned());
                }
                _ => {}
            }
        }
        rows.retain(|row| !row.is_empty());
        rows
    }
}
