//! How much alike are two spellings? Jaro-Winkler.

/// Letters of a spelling that are looked at.
pub(super) const MOST_LETTERS: usize = 64;

/// The Jaro-Winkler similarity of two spellings, 0 to 1 (Winkler 1990): Jaro's, raised by a tenth of what is missing for
/// each of up to four letters that they begin with in common.
pub(super) fn jaro_winkler(a: &[char], b: &[char]) -> f64 {
    let (a, b) = (a.get(..MOST_LETTERS).unwrap_or(a), b.get(..MOST_LETTERS).unwrap_or(b));
    let jaro = jaro(a, b);
    let prefix = a.iter().zip(b).take(4).take_while(|(x, y)| x == y).count();
    jaro + 0.1 * prefix as f64 * (1.0 - jaro)
}

fn jaro(a: &[char], b: &[char]) -> f64 {
    if a.is_empty() || b.is_empty() {
        return f64::from(u8::from(a.is_empty() && b.is_empty()));
    }
    let reach = (a.len().max(b.len()) / 2).saturating_sub(1);
    let mut taken = [false; MOST_LETTERS];
    let mut left = Vec::with_capacity(a.len());
    for (at, x) in a.iter().enumerate() {
        let from = at.saturating_sub(reach);
        let window = b.iter().zip(&mut taken).skip(from).take(at + reach + 1 - from);
        for (y, taken) in window {
            if x == y && !*taken {
                *taken = true;
                left.push(x);
                break;
            }
        }
    }
    if left.is_empty() {
        return 0.0;
    }
    let right = b.iter().zip(&taken).filter(|(_, taken)| **taken).map(|(y, _)| y);
    let turned = left.iter().zip(right).filter(|(x, y)| **x != *y).count() / 2;
    let n = left.len() as f64;
    (n / a.len() as f64 + n / b.len() as f64 + (n - turned as f64) / n) / 3.0
}
