//! Where does an emoji end? Bases, skin tones, selectors, joiners and flags, as sequences.

const JOINER: char = '\u{200D}';
const KEYCAP: char = '\u{20E3}';

fn is_selector(c: char) -> bool {
    matches!(c, '\u{FE0E}' | '\u{FE0F}')
}

fn is_skin_tone(c: char) -> bool {
    matches!(c, '\u{1F3FB}'..='\u{1F3FF}')
}

fn is_flag_letter(c: char) -> bool {
    matches!(c, '\u{1F1E6}'..='\u{1F1FF}')
}

/// Whether a character is a picture by itself.
pub(super) fn is_base(c: char) -> bool {
    matches!(c,
        '\u{1F300}'..='\u{1FAFF}' | '\u{1F000}'..='\u{1F0FF}' | '\u{1F17E}'..='\u{1F19A}' | '\u{2600}'..='\u{27BF}'
        | '\u{231A}'..='\u{231B}' | '\u{23E9}'..='\u{23F3}' | '\u{2B05}'..='\u{2B07}' | '\u{2B1B}'..='\u{2B1C}'
        | '\u{2B50}' | '\u{2B55}' | '\u{2934}'..='\u{2935}' | '\u{3297}' | '\u{3299}')
        || is_flag_letter(c)
}

/// Bytes of the emoji that `text` begins with; 0 when it begins with none.
pub(super) fn length(text: &str) -> usize {
    let mut chars = text.char_indices().peekable();
    let Some((_, first)) = chars.next() else { return 0 };
    if !is_base(first) {
        return 0;
    }
    if is_flag_letter(first) {
        return match chars.next() {
            Some((at, second)) if is_flag_letter(second) => at + second.len_utf8(),
            _ => first.len_utf8(),
        };
    }
    let mut end = first.len_utf8();
    while let Some((at, c)) = chars.next() {
        if is_selector(c) || is_skin_tone(c) || c == KEYCAP || ('\u{E0020}'..='\u{E007F}').contains(&c) {
            end = at + c.len_utf8();
        } else if c == JOINER && chars.peek().is_some_and(|(_, next)| is_base(*next)) {
            let Some((at, next)) = chars.next() else { break };
            end = at + next.len_utf8();
        } else {
            break;
        }
    }
    end
}

/// Appends an emoji without skin tones and variation selectors, so that a heart is a heart.
pub(super) fn fold_into(emoji: &str, folded: &mut String) {
    let mut chars = emoji.chars();
    folded.extend(chars.next());
    folded.extend(chars.filter(|c| !is_selector(*c) && !is_skin_tone(*c)));
}
