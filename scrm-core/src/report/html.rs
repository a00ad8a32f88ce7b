//! How does text get onto the page? Escaped, through one writer.
//!
//! Read [`Html`] first. Names of elements and attributes are written in the code; every value goes through [`Html::text`] or
//! an attribute, which escape it. A picture comes in as [`Svg`], which only the drawing makes.

use super::svg::Svg;

/// A page in the making. Elements are closed where they were opened.
#[derive(Debug, Default)]
pub(super) struct Html(String);

/// The attributes of an element: names of the code, values of anybody.
pub(super) type Attributes<'a> = &'a [(&'static str, &'a str)];

impl Html {
    /// The page begins.
    pub(super) fn new() -> Self {
        Self("<!DOCTYPE html>\n".to_owned())
    }

    /// An element with what `inner` writes in it.
    pub(super) fn within(
        &mut self,
        tag: &'static str,
        attributes: Attributes<'_>,
        inner: impl FnOnce(&mut Self),
    ) {
        self.open(tag, attributes);
        inner(self);
        self.0.push_str("</");
        self.0.push_str(tag);
        self.0.push_str(if is_block(tag) { ">\n" } else { ">" });
    }

    /// An element with a text in it.
    pub(super) fn element(&mut self, tag: &'static str, attributes: Attributes<'_>, text: &str) {
        self.within(tag, attributes, |html| html.text(text));
    }

    /// An element that holds nothing and is not closed.
    pub(super) fn empty(&mut self, tag: &'static str, attributes: Attributes<'_>) {
        self.open(tag, attributes);
        self.0.push('\n');
    }

    /// A text, which stays a text whatever is in it.
    pub(super) fn text(&mut self, text: &str) {
        escape(text, &mut self.0);
    }

    /// A sheet of styles, which is part of the code.
    pub(super) fn style(&mut self, sheet: &'static str) {
        self.0.push_str("<style>");
        self.0.push_str(sheet);
        self.0.push_str("</style>\n");
    }

    /// A picture.
    pub(super) fn svg(&mut self, picture: &Svg, class: &'static str, id: &str) {
        let Svg { width, height, title, description, drawing } = picture;
        let view = format!("0 0 {width} {height}");
        let (named, described) = (format!("{id}-title"), format!("{id}-desc"));
        let attributes = [
            ("class", class),
            ("viewBox", view.as_str()),
            ("role", "img"),
            ("aria-labelledby", named.as_str()),
            ("aria-describedby", described.as_str()),
        ];
        self.within("svg", &attributes, |html| {
            html.element("title", &[("id", &named)], title);
            html.element("desc", &[("id", &described)], description);
            // What the drawing library wrote, with every text escaped by it.
            html.0.push_str(drawing);
        });
    }

    /// The page.
    pub(super) fn finish(self) -> String {
        self.0
    }

    fn open(&mut self, tag: &'static str, attributes: Attributes<'_>) {
        self.0.push('<');
        self.0.push_str(tag);
        for (name, value) in attributes {
            self.0.push(' ');
            self.0.push_str(name);
            self.0.push_str("=\"");
            escape(value, &mut self.0);
            self.0.push('"');
        }
        self.0.push('>');
    }
}

/// Elements after which a line ends, so that people can read the source; no text stands between them.
fn is_block(tag: &str) -> bool {
    !matches!(
        tag,
        "bdi"
            | "mark"
            | "data"
            | "time"
            | "code"
            | "small"
            | "b"
            | "a"
            | "span"
            | "title"
            | "desc"
            | "p"
            | "i"
    )
}

/// Text as HTML reads it back, tame.
fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' => out.push('\n'),
            c => out.push(tame(c)),
        }
    }
}

/// A character that is seen, or the mark of one that plays tricks: what steers a machine, turns the direction of the text
/// around it, or is no character at all. Ends of lines become spaces.
pub(super) fn tame(c: char) -> char {
    let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let nothing = u32::from(c) & 0xfffe == 0xfffe || matches!(c, '\u{fdd0}'..='\u{fdef}');
    match c {
        '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' | '\u{85}' | '\u{c}' => ' ',
        c if c.is_control() || turns || nothing => char::REPLACEMENT_CHARACTER,
        c => c,
    }
}

/// Text as it stands on the page: tame, and cut to so many characters.
pub(super) fn tamed(text: &str, most: usize) -> String {
    let mut chars = text.chars().map(tame);
    let mut shown: String = chars.by_ref().take(most).collect();
    if most > 0 && chars.next().is_some() {
        shown.pop();
        shown.push('…');
    }
    shown
}
