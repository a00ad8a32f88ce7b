//! How does a statement read in PostgreSQL? Its text, rewritten by rule.
//!
//! A place `?1` is written `$1`. PostgreSQL chooses its indexes by statistics, so hints about them are left out. What is
//! run for many rows is run once, over arrays: a thousand questions cost one journey to the server.

use postgres::types::Type;

/// For one row of values.
pub(super) fn one(text: &str) -> String {
    with_places(&without_hints(text), |place| format!("${place}"))
}

/// A question asked once for each of many keys, whose values have these types.
pub(super) fn asked(text: &str, types: &[Type]) -> String {
    let question = with_places(&without_hints(text), |place| format!("k.p{place}"));
    format!("SELECT q.* FROM {} CROSS JOIN LATERAL ({question}) q", keys(types))
}

/// A change made once for each of many rows, whose values have these types; `None` for one of another shape.
pub(super) fn run(text: &str, types: &[Type]) -> Option<String> {
    let keys = keys(types);
    if let Some((head, rest)) = text.split_once("VALUES (") {
        let (values, rest) = rest.split_once(')')?;
        let in_order: Vec<_> = (1..=types.len()).map(|place| format!("?{place}")).collect();
        return (values == in_order.join(", ")).then(|| format!("{head}SELECT * FROM {keys}{rest}"));
    }
    let text = with_places(text, |place| format!("k.p{place}"));
    let (head, condition) = text.split_once(" WHERE ")?;
    let joined = if head.starts_with("DELETE") { "USING" } else { "FROM" };
    Some(format!("{head} {joined} {keys} WHERE {condition}"))
}

/// The rows of values as a table `k`, of a column `p1`, `p2` … for each place.
fn keys(types: &[Type]) -> String {
    let places = || (1..=types.len()).zip(types);
    let arrays: Vec<_> = places().map(|(place, kind)| format!("${place}::{}[]", kind.name())).collect();
    let columns: Vec<_> = places().map(|(place, _)| format!("p{place}")).collect();
    format!("unnest({}) AS k({})", arrays.join(", "), columns.join(", "))
}

fn with_places(text: &str, write: impl Fn(&str) -> String) -> String {
    let mut pieces = text.split('?');
    let mut written = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let rest = piece.trim_start_matches(|c: char| c.is_ascii_digit());
        written += &write(piece.strip_suffix(rest).unwrap_or_default());
        written += rest;
    }
    written
}

fn without_hints(text: &str) -> String {
    let mut pieces = text.split(" INDEXED BY ");
    let mut written = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        written += piece.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_');
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_asked_once_or_for_many() {
        let text = "SELECT a FROM t INDEXED BY t_by_a WHERE tenant = ?1 AND (a = ?2 OR b = ?2) LIMIT 1";
        assert_eq!(one(text), "SELECT a FROM t WHERE tenant = $1 AND (a = $2 OR b = $2) LIMIT 1");
        assert_eq!(
            asked(text, &[Type::TEXT, Type::INT8]),
            "SELECT q.* FROM unnest($1::text[], $2::int8[]) AS k(p1, p2) CROSS JOIN LATERAL \
             (SELECT a FROM t WHERE tenant = k.p1 AND (a = k.p2 OR b = k.p2) LIMIT 1) q"
        );
    }

    #[test]
    fn a_change_is_made_once_for_many() {
        let cases = [
            (
                "INSERT INTO t (a, b) VALUES (?1, ?2) ON CONFLICT (a) DO UPDATE SET b = excluded.b",
                "INSERT INTO t (a, b) SELECT * FROM unnest($1::text[], $2::float8[]) AS k(p1, p2) \
                 ON CONFLICT (a) DO UPDATE SET b = excluded.b",
            ),
            (
                "DELETE FROM t WHERE a = ?1 AND b = ?2",
                "DELETE FROM t USING unnest($1::text[], $2::float8[]) AS k(p1, p2) WHERE a = k.p1 AND b = k.p2",
            ),
            (
                "UPDATE t SET b = ?2 WHERE a = ?1",
                "UPDATE t SET b = k.p2 FROM unnest($1::text[], $2::float8[]) AS k(p1, p2) WHERE a = k.p1",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(run(text, &[Type::TEXT, Type::FLOAT8]).as_deref(), Some(expected));
        }
        for other in ["INSERT INTO t (a, b) VALUES (?2, ?1)", "INSERT INTO t (a) VALUES (?1, NULL)", "VACUUM"]
        {
            assert_eq!(run(other, &[Type::TEXT, Type::FLOAT8]), None);
        }
    }
}
