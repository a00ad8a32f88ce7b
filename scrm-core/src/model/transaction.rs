//! What was bought, paid and given back?

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::terms::terms;
use super::{IdentityKey, MessageKey, TransactionId};

/// An amount in the smallest unit of its currency: 1999 of `EUR` are 19.99 euros.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "RawMoney")]
pub struct Money {
    minor: i64,
    currency: String,
}

#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RawMoney {
    minor: i64,
    currency: String,
}

/// A currency that is no ISO 4217 code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("currency `{0}` is not an ISO 4217 code such as `EUR`")]
pub struct MoneyError(String);

impl TryFrom<RawMoney> for Money {
    type Error = MoneyError;
    fn try_from(raw: RawMoney) -> Result<Self, MoneyError> {
        Self::new(raw.minor, raw.currency)
    }
}

impl Money {
    /// An amount in the smallest unit of `currency`.
    ///
    /// # Errors
    /// When the currency is not three capital letters.
    pub fn new(minor: i64, currency: impl Into<String>) -> Result<Self, MoneyError> {
        let currency = currency.into();
        if currency.len() == 3 && currency.bytes().all(|b| b.is_ascii_uppercase()) {
            Ok(Self { minor, currency })
        } else {
            Err(MoneyError(currency))
        }
    }

    /// The amount in the smallest unit.
    pub fn minor(&self) -> i64 {
        self.minor
    }

    /// ISO 4217.
    pub fn currency(&self) -> &str {
        &self.currency
    }
}

terms! {
    /// What sort of transaction.
    TransactionKind {
        /// Something was bought.
        Purchase = "purchase",
        /// Money was given back.
        Refund = "refund",
        /// A contract began.
        Subscription = "subscription",
        /// A contract ended.
        Cancellation = "cancellation",
        /// Something was given for good will.
        Incentive = "incentive",
    }
}

/// One business event between a customer and the company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Transaction {
    /// The id in the system it comes from.
    pub id: TransactionId,
    /// With whom.
    pub identity: IdentityKey,
    /// What sort.
    pub kind: TransactionKind,
    /// How much.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// When.
    pub at: DateTime<Utc>,
    /// The message it follows from, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<MessageKey>,
}
