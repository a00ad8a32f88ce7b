//! Which words does a hashtag run together? `#ClimateActionNow` is three.

use crate::model::Span;

/// The words of a name that runs several together, as places in it (bytes): cut before a capital that follows a small
/// letter or stands before one, between letters and digits, and at `_`. Empty when it is one word.
///
/// ```
/// use scrm_core::text::parts;
/// let of = |name: &'static str| parts(name).into_iter().filter_map(|span| span.of(name)).collect::<Vec<_>>();
/// assert_eq!(of("ClimateActionNow"), ["Climate", "Action", "Now"]);
/// assert_eq!(of("BBCNews2026"), ["BBC", "News", "2026"]);
/// assert_eq!(of("on_hold"), ["on", "hold"]);
/// assert_eq!(of("fail"), Vec::<&str>::new());
/// ```
pub fn parts(name: &str) -> Vec<Span> {
    let mut parts = Vec::new();
    if name.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return parts;
    }
    let mut start = 0;
    let mut before = ' ';
    let mut chars = name.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map_or(' ', |(_, next)| *next);
        let capital =
            c.is_uppercase() && (before.is_lowercase() || (before.is_uppercase() && next.is_lowercase()));
        let digits = before != ' '
            && before != '_'
            && before.is_alphanumeric()
            && c.is_alphanumeric()
            && before.is_numeric() != c.is_numeric();
        if (capital || digits) && at > start {
            parts.push(Span::new(start, at));
            start = at;
        }
        if c == '_' {
            if at > start {
                parts.push(Span::new(start, at));
            }
            start = at + 1;
        }
        before = c;
    }
    if name.len() > start {
        parts.push(Span::new(start, name.len()));
    }
    if parts.len() == 1 && parts.first().is_some_and(|part| part.len() == name.len()) {
        parts.clear();
    }
    parts
}
