//! How does a company's own data about people get on record? Row by row: customers, and what they bought.
//!
//! Read [`Desk::import`] first. Every row is an object; what reads files makes one of each line.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Desk, Fault};
use crate::model::{
    Consent, Event, Fact, Identity, IdentityKey, IdentityLink, LinkClaim, LinkEvidence, MessageKey, Money,
    NativeId, Preference, Role, Source, Standing, Transaction, TransactionId, TransactionKind,
};
use crate::record::{Store, StoreError};

/// What the rows are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportKind {
    /// One account per row: `source`, `native_id`, and of these what is known: `name`, `handle`, `bio`, `location`,
    /// `url`, `created`, `email`, `phone` (each with `email_confirmed`, `phone_confirmed`), `roles` (a list, or words
    /// separated by `;`), `consents` and `preferences` (objects, or columns `consent.marketing`, `preference.channel`),
    /// `same_as` (accounts of the same person as `source/native_id`, a list or separated by `;`), and `at`, the time
    /// since when it is so. Everything else is kept with the account as it came.
    Customers,
    /// One transaction per row: `id`, `source`, `native_id`, `kind` (`purchase`, `refund`, `subscription`,
    /// `cancellation`, `incentive`), `at`, and where they are known `amount` (`19.99`) with `currency` (ISO 4217), and
    /// `message` (`source/external_id`), the message it follows from.
    Transactions,
}

/// What came of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// Rows read.
    pub rows: u64,
    /// Events that were new.
    pub recorded: u64,
    /// Events that were on record already, word for word.
    pub duplicates: u64,
    /// Rows that could not be used; they are in the store's quarantine.
    pub malformed: u64,
    /// The first 20 of those, each with why.
    pub faults: Vec<Fault>,
}

impl<S: Store> Desk<S> {
    /// Takes in the company's own data about people from an input called `name`, in groups, each durable as a whole. A
    /// row that cannot be used is put aside with the reason, and the rest goes on. Doing it again adds nothing.
    ///
    /// A row without `at` is taken to be so since `now`.
    ///
    /// # Errors
    /// When the store fails. Groups that were recorded before stay recorded.
    pub fn import(
        &mut self,
        kind: ImportKind,
        name: &str,
        rows: impl IntoIterator<Item = (u64, Value)>,
        now: DateTime<Utc>,
    ) -> Result<Imported, StoreError> {
        let size = self.engine.playbook().limits().group.max(1);
        let mut imported = Imported::default();
        let mut group = Vec::new();
        for (line, row) in rows {
            imported.rows += 1;
            match events(kind, &row, now) {
                Ok(events) => group.extend(events),
                Err(fault) => {
                    imported.malformed += 1;
                    if imported.faults.len() < 20 {
                        imported.faults.push(Fault { line, fault: fault.clone() });
                    }
                    let (input, raw) = (name.to_owned(), row.to_string());
                    group.push(Event::Quarantined { input, record: line, fault, raw });
                }
            }
            if group.len() >= size {
                self.record_imported(&mut group, &mut imported)?;
            }
        }
        self.record_imported(&mut group, &mut imported)?;
        Ok(imported)
    }

    fn record_imported(&mut self, group: &mut Vec<Event>, imported: &mut Imported) -> Result<(), StoreError> {
        if group.is_empty() {
            return Ok(());
        }
        let put_aside = |event: &&Event| matches!(event, Event::Quarantined { .. });
        let aside = group.iter().filter(put_aside).count() as u64;
        let receipt = self.store.commit(&self.tenant, group)?;
        imported.recorded += receipt.appended.saturating_sub(aside);
        imported.duplicates += receipt.duplicates;
        group.clear();
        Ok(())
    }
}

fn events(kind: ImportKind, row: &Value, now: DateTime<Utc>) -> Result<Vec<Event>, String> {
    let row = row.as_object().ok_or("the row is no object of names and values")?;
    match kind {
        ImportKind::Customers => customer(row.clone(), now),
        ImportKind::Transactions => transaction(row),
    }
}

/// Fields that are no part of the account itself.
const APART: [&str; 5] = ["roles", "consents", "preferences", "same_as", "at"];

fn customer(mut row: Map<String, Value>, now: DateTime<Utc>) -> Result<Vec<Event>, String> {
    row.retain(|_, value| !value.is_null() && value.as_str() != Some(""));
    let mut apart: Map<String, Value> = Map::new();
    for name in APART {
        if let Some(value) = row.remove(name) {
            apart.insert(name.to_owned(), value);
        }
    }
    let at = match apart.get("at") {
        Some(at) => DateTime::deserialize(at).map_err(|_| format!("`at` is no time: {at}"))?,
        None => now,
    };
    let mut dotted = |prefix: &str| -> Vec<(String, Value)> {
        let named = |key: &String| key.strip_prefix(prefix).map(str::to_owned);
        let keys: Vec<String> = row.keys().filter(|key| named(key).is_some()).cloned().collect();
        keys.iter().filter_map(|key| Some((named(key)?, row.remove(key)?))).collect()
    };
    let mut consents = dotted("consent.");
    let mut preferences = dotted("preference.");
    for (found, name) in [(&mut consents, "consents"), (&mut preferences, "preferences")] {
        match apart.get(name) {
            Some(Value::Object(values)) => found.extend(values.clone()),
            Some(other) => return Err(format!("`{name}` is an object of names and values, not {other}")),
            None => {}
        }
    }
    for name in ["email_confirmed", "phone_confirmed", "verified", "bot"] {
        if let Some(value) = row.get_mut(name) {
            *value =
                Value::Bool(yes(value).ok_or_else(|| format!("`{name}` is `true` or `false`, not {value}"))?);
        }
    }
    for name in ["followers", "following", "posts"] {
        if let Some(value) = row.get_mut(name)
            && let Some(count) = value.as_str().and_then(|text| text.trim().parse::<u64>().ok())
        {
            *value = count.into();
        }
    }
    for name in ["native_id", "phone"] {
        if let Some(value) = row.get_mut(name).filter(|value| value.is_number()) {
            *value = Value::String(value.to_string());
        }
    }
    let identity: Identity = serde_json::from_value(Value::Object(row)).map_err(|error| error.to_string())?;
    let key = identity.key.clone();
    let noted = |fact| Event::Noted { fact: Box::new(fact) };
    let mut events = vec![noted(Fact::Account { identity: Box::new(identity), at })];
    for role in words(apart.get("roles"), "roles")? {
        let known = || Role::ALL.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(", ");
        let role = Role::parse(&role).ok_or_else(|| format!("`{role}` is no role; there are {}", known()))?;
        events.push(noted(Fact::Role(Standing { identity: key.clone(), role, held: true, at })));
    }
    for (purpose, value) in consents {
        let granted =
            yes(&value).ok_or_else(|| format!("consent `{purpose}` is `true` or `false`, not {value}"))?;
        let identity = key.clone();
        events.push(noted(Fact::Consent(Consent {
            identity,
            purpose,
            granted,
            at,
            until: None,
            evidence: None,
        })));
    }
    for (name, value) in preferences {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let identity = key.clone();
        events.push(noted(Fact::Preference(Preference { identity, name, value, provider: None, at })));
    }
    for other in words(apart.get("same_as"), "same_as")? {
        let (source, id) = pair(&other, "same_as")?;
        let source = Source::new(source).map_err(|error| error.to_string())?;
        let native_id = NativeId::new(id).map_err(|error| error.to_string())?;
        let b = IdentityKey { source, native_id };
        if b == key {
            return Err(format!("`same_as` names the account itself, `{b}`"));
        }
        let (claim, evidence) = (LinkClaim::Same, LinkEvidence::Deterministic);
        let link = IdentityLink { a: key.clone(), b, claim, evidence, at, revoked: None };
        events.push(Event::Linked { link: Box::new(link) });
    }
    Ok(events)
}

fn transaction(row: &Map<String, Value>) -> Result<Vec<Event>, String> {
    let text = |name: &str| match row.get(name) {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) if text.trim().is_empty() => None,
        Some(Value::String(text)) => Some(text.trim().to_owned()),
        Some(other) => Some(other.to_string()),
    };
    let needed = |name: &str| text(name).ok_or_else(|| format!("`{name}` is missing"));
    let id = TransactionId::new(needed("id")?).map_err(|error| error.to_string())?;
    let source = Source::new(needed("source")?).map_err(|error| error.to_string())?;
    let native_id = NativeId::new(needed("native_id")?).map_err(|error| error.to_string())?;
    let kind = needed("kind")?;
    let kinds = || TransactionKind::ALL.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", ");
    let kind =
        TransactionKind::parse(&kind).ok_or_else(|| format!("`{kind}` is no kind; there are {}", kinds()))?;
    let at = needed("at")?;
    let at = DateTime::parse_from_rfc3339(&at)
        .map_err(|_| format!("`at` is no time with its zone: {at}"))?
        .to_utc();
    let amount = match (text("amount"), text("currency")) {
        (None, None) => None,
        (Some(amount), Some(currency)) => Some(money(&amount, &currency)?),
        (Some(_), None) => return Err("`amount` needs its `currency`".to_owned()),
        (None, Some(_)) => return Err("`currency` needs its `amount`".to_owned()),
    };
    let message = match text("message") {
        None => None,
        Some(named) => {
            let (source, external_id) = pair(&named, "message")?;
            let key = serde_json::json!({ "source": source, "external_id": external_id });
            Some(MessageKey::deserialize(key).map_err(|error| error.to_string())?)
        }
    };
    let identity = IdentityKey { source, native_id };
    let transaction = Transaction { id, identity, kind, amount, at, message };
    Ok(vec![Event::Transacted { transaction: Box::new(transaction) }])
}

/// Currencies of ISO 4217 whose smallest unit is not a hundredth.
const WHOLE: [&str; 16] = [
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF",
    "XPF",
];
const THOUSANDTHS: [&str; 7] = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

/// An amount written with its decimals, in the smallest unit of its currency.
fn money(amount: &str, currency: &str) -> Result<Money, String> {
    let digits = match currency {
        _ if WHOLE.contains(&currency) => 0,
        _ if THOUSANDTHS.contains(&currency) => 3,
        _ => 2,
    };
    let fault =
        || format!("`amount` is a number with at most {digits} decimals for {currency}, not `{amount}`");
    let (sign, plain) = amount.strip_prefix('-').map_or(("", amount), |rest| ("-", rest));
    let (whole, part) = plain.split_once('.').unwrap_or((plain, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_number(whole) || !is_number(part) || part.len() > digits {
        return Err(fault());
    }
    let minor = format!("{sign}{whole}{part:0<digits$}").parse().map_err(|_| fault())?;
    Money::new(minor, currency).map_err(|error| error.to_string())
}

fn yes(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(yes) => Some(*yes),
        Value::String(word) => match word.trim().to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => Some(true),
            "false" | "no" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// A list of words, or words separated by `;`.
fn words(value: Option<&Value>, name: &str) -> Result<Vec<String>, String> {
    let fault = || format!("`{name}` is a list, or words separated by `;`");
    match value {
        None => Ok(Vec::new()),
        Some(Value::String(words)) => {
            Ok(words.split(';').map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect())
        }
        Some(Value::Array(list)) => {
            list.iter().map(|word| word.as_str().map(str::to_owned).ok_or_else(fault)).collect()
        }
        Some(_) => Err(fault()),
    }
}

/// The two halves of `source/id`.
fn pair<'a>(named: &'a str, name: &str) -> Result<(&'a str, &'a str), String> {
    named.split_once('/').ok_or_else(|| format!("`{name}` is written `source/id`, not `{named}`"))
}
