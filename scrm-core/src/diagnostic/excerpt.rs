//! Which part of a line is shown for a fault? The place with what stands around it, as wide as a screen.

use unicode_width::UnicodeWidthChar;

/// A line up to this width is shown whole, in columns of a screen.
const WHOLE: usize = 200;
/// Of a longer line, so much is shown before the place …
const BEFORE: usize = 60;
/// … and so much from it on.
const AFTER: usize = 100;
/// What stands where a line is cut.
const CUT: &str = "...";

/// The part of a line that is shown, and where the mark under it goes, in columns of a screen.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Excerpt {
    /// What is shown, with no sign in it that moves the rest.
    pub(super) shown: String,
    /// Columns before the mark.
    pub(super) before: usize,
    /// Columns that are marked, one at least.
    pub(super) marked: usize,
}

impl Excerpt {
    /// Of the line of a text in which the bytes from `start` to `end` begin.
    pub(super) fn of(text: &str, start: usize, end: usize) -> Self {
        let (head, tail) = text.split_at_checked(start).unwrap_or((text, ""));
        let head = head.get(head.rfind('\n').map_or(0, |at| at + 1)..).unwrap_or_default();
        let tail = tail.lines().next().unwrap_or_default();
        let is_short = head.len() + tail.len() <= WHOLE || (fits(head, WHOLE) + fits(tail, WHOLE)) <= WHOLE;
        let (most_before, most_after) = if is_short { (WHOLE, WHOLE) } else { (BEFORE, AFTER) };
        let mut room = most_before;
        let kept = head.char_indices().rev().take_while(|(_, c)| took(&mut room, *c)).last();
        let from = kept.map_or(head.len(), |(at, _)| at);
        let mut room = most_after;
        let kept = tail.char_indices().take_while(|(_, c)| took(&mut room, *c)).last();
        let to = kept.map_or(0, |(at, c)| at + c.len_utf8());
        let (before, after) = (head.get(from..).unwrap_or_default(), tail.get(..to).unwrap_or_default());
        let marked = after.get(..end.saturating_sub(start).min(to)).map_or(1, columns).max(1);
        let mut shown = if from > 0 { CUT.to_owned() } else { String::new() };
        let cut = columns(&shown);
        shown.extend(before.chars().chain(after.chars()).map(visible));
        if to < tail.len() {
            shown.push_str(CUT);
        }
        Self { shown, before: cut + columns(before), marked }
    }
}

/// Takes the columns of a character out of the room, if there are so many.
fn took(room: &mut usize, c: char) -> bool {
    // What has no width takes room all the same: there may be a million of it.
    let left = room.checked_sub(columns_of(c).max(1));
    *room = left.unwrap_or_default();
    left.is_some()
}

/// The columns of a text, as far as they are not more than `most`, and one more if they are.
fn fits(text: &str, most: usize) -> usize {
    let mut room = most;
    if text.chars().all(|c| took(&mut room, c)) { most - room } else { most + 1 }
}

fn columns(text: &str) -> usize {
    text.chars().map(columns_of).sum()
}

/// A tab is shown as a space, as is all that has no width of its own.
fn columns_of(c: char) -> usize {
    visible(c).width().unwrap_or(1)
}

/// Signs that would move or turn what follows are shown as spaces.
fn visible(c: char) -> char {
    let turns = matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}');
    if c.is_control() || turns { ' ' } else { c }
}
