//! When are two written values one value? No look-alike is made equal here.

use unicode_normalization::UnicodeNormalization;

use super::lookalike::is_separator;

/// An e-mail address in lower case; none when it is no address. Tags and dots in it are part of it.
pub(super) fn email(value: &str) -> Option<String> {
    let value = value.trim();
    let (name, domain) = value.split_once('@')?;
    let is_bad = |c: char| c.is_whitespace() || c.is_control() || c == '@';
    let is_address = !name.is_empty() && domain.contains('.') && !value.replacen('@', "", 1).contains(is_bad);
    is_address.then(|| lower(value))
}

/// A telephone number as `+` and its digits; none without a country, or with fewer than 7 or more than 15 digits
/// (ITU-T E.164).
pub(super) fn phone(value: &str) -> Option<String> {
    let value = value.trim();
    let rest = value.strip_prefix('+').or_else(|| value.strip_prefix("00"))?;
    let digits: String =
        rest.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')' | '/' | '\u{A0}')).collect();
    let is_number = (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| format!("+{digits}"))
}

/// A handle in lower case without its sign and without `_`, `-` and `.`.
pub(super) fn handle(value: &str) -> Option<String> {
    let handle: String =
        lower(value.trim().trim_start_matches('@')).chars().filter(|c| !is_separator(*c)).collect();
    (!handle.is_empty()).then_some(handle)
}

/// The words of a name or place in lower case: runs of letters, marks, digits and apostrophes.
pub(super) fn words(value: &str) -> Vec<String> {
    // In this order: composing makes the Kelvin sign a `K`, which then is no `k`.
    let value: String = lower(value).nfc().collect();
    let parts = value.split(|c: char| c.is_whitespace() || (c.is_ascii_punctuation() && c != '\''));
    parts.filter(|part| !part.is_empty()).map(str::to_owned).take(MOST_WORDS).collect()
}

/// Words of a name or place that are looked at.
const MOST_WORDS: usize = 8;

/// Host, and host with path, of a link in lower case: without its scheme, `www.`, query and last slash.
pub(super) fn link(value: &str) -> Option<(String, String)> {
    let value = value.trim();
    let rest = value.split_once("://").map_or(value, |(_, rest)| rest);
    let rest = rest.split(['?', '#']).next()?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = lower(host);
    let host = host.strip_prefix("www.").unwrap_or(&host);
    let is_host = host.contains('.') && !host.contains(|c: char| c.is_whitespace() || c == '@');
    is_host.then(|| (host.to_owned(), format!("{host}/{}", lower(path.trim_end_matches('/')))))
}

/// Lower case; a letter beyond ASCII never becomes one of ASCII, as the Kelvin sign would.
pub(super) fn lower(value: &str) -> String {
    let mut lower = String::with_capacity(value.len());
    for c in value.chars() {
        if c.is_ascii() {
            lower.push(c.to_ascii_lowercase());
        } else if c.to_lowercase().any(|l| l.is_ascii()) {
            lower.push(c);
        } else {
            lower.extend(c.to_lowercase());
        }
    }
    lower
}
