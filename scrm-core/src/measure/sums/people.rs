//! How many people? Distinct accounts: counted exactly, and beyond a limit estimated.
//!
//! Up to [`EXACT`] accounts each is known by a 64-bit number with how often it came, so joining and taking away are exact.
//! Beyond, it is HyperLogLog (Flajolet, Fusy, Gandouet, Meunier, "HyperLogLog: the analysis of a near-optimal cardinality
//! estimation algorithm", 2007) with 2^14 registers of the 64-bit number: the standard error is 1.04 / sqrt(2^14), or 0.8 %.
//! The estimate depends on the set alone, not on the order or the pieces in which it came, and an account that is taken away
//! from it stays counted.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Change;

/// So many accounts are counted exactly.
pub(in crate::measure) const EXACT: usize = 100_000;

/// Bits of a number that choose its register.
const BITS: u32 = 14;
const REGISTERS: usize = 1 << BITS;

/// Distinct accounts.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::measure) struct People(Kept);

#[derive(Debug, Clone, PartialEq)]
enum Kept {
    /// How often each account came.
    Exact(BTreeMap<u64, u32>),
    /// For each register the greatest rank.
    Sketch(Vec<u8>),
}

impl Default for People {
    fn default() -> Self {
        Self(Kept::Exact(BTreeMap::new()))
    }
}

impl People {
    pub(in crate::measure) fn change(&mut self, account: u64, change: Change) {
        match (&mut self.0, change) {
            (Kept::Exact(known), Change::Add) => {
                let times = known.entry(account).or_default();
                *times = times.saturating_add(1);
                self.shrink();
            }
            (Kept::Exact(known), Change::Take) => {
                if let Some(times) = known.get_mut(&account) {
                    *times = times.saturating_sub(1);
                    if *times == 0 {
                        known.remove(&account);
                    }
                }
            }
            (Kept::Sketch(registers), Change::Add) => note(registers, account),
            (Kept::Sketch(_), Change::Take) => {}
        }
    }

    pub(in crate::measure) fn join(&mut self, other: &Self) {
        match (&mut self.0, &other.0) {
            (Kept::Exact(ours), Kept::Exact(theirs)) => {
                for (account, times) in theirs {
                    let known = ours.entry(*account).or_default();
                    *known = known.saturating_add(*times);
                }
                self.shrink();
            }
            (Kept::Sketch(registers), Kept::Exact(theirs)) => {
                theirs.keys().for_each(|account| note(registers, *account))
            }
            (Kept::Exact(ours), Kept::Sketch(theirs)) => {
                let mut registers = theirs.clone();
                ours.keys().for_each(|account| note(&mut registers, *account));
                self.0 = Kept::Sketch(registers);
            }
            (Kept::Sketch(ours), Kept::Sketch(theirs)) => {
                for (ours, theirs) in ours.iter_mut().zip(theirs) {
                    *ours = (*ours).max(*theirs);
                }
            }
        }
    }

    fn shrink(&mut self) {
        let Kept::Exact(known) = &self.0 else { return };
        if known.len() > EXACT {
            let mut registers = vec![0; REGISTERS];
            known.keys().for_each(|account| note(&mut registers, *account));
            self.0 = Kept::Sketch(registers);
        }
    }

    /// How many there are; an estimate when [`is_estimate`](Self::is_estimate).
    pub(in crate::measure) fn count(&self) -> u64 {
        match &self.0 {
            Kept::Exact(known) => known.len() as u64,
            Kept::Sketch(registers) => estimate(registers),
        }
    }

    pub(in crate::measure) fn is_estimate(&self) -> bool {
        matches!(self.0, Kept::Sketch(_))
    }

    /// Whether an account is among them; not known of an estimate.
    pub(in crate::measure) fn contains(&self, account: u64) -> Option<bool> {
        match &self.0 {
            Kept::Exact(known) => Some(known.contains_key(&account)),
            Kept::Sketch(_) => None,
        }
    }
}

/// The first bits choose a register; of the others the place of the first 1 is the rank.
fn note(registers: &mut [u8], account: u64) {
    let register = usize::try_from(account >> (64 - BITS)).unwrap_or_default();
    let rank = u8::try_from((account << BITS | 1 << (BITS - 1)).leading_zeros() + 1).unwrap_or(u8::MAX);
    if let Some(known) = registers.get_mut(register) {
        *known = (*known).max(rank);
    }
}

#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an estimate of a count"
)]
fn estimate(registers: &[u8]) -> u64 {
    let m = REGISTERS as f64;
    let alpha = 0.7213 / (1.0 + 1.079 / m);
    let sum: f64 = registers.iter().map(|rank| (-f64::from(*rank)).exp2()).sum();
    let raw = alpha * m * m / sum;
    let zeros = registers.iter().filter(|rank| **rank == 0).count();
    // Few registers are filled: linear counting is closer.
    let found = if raw <= 2.5 * m && zeros > 0 { m * (m / zeros as f64).ln() } else { raw };
    found.round() as u64
}

/// In JSON either a list of pairs, or the registers as a text: the character with the code 48 + rank.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Sketch(String),
    Exact(Vec<(u64, u32)>),
}

impl Serialize for People {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Kept::Exact(known) => serializer.collect_seq(known.iter()),
            Kept::Sketch(registers) => {
                let text: String = registers.iter().map(|rank| char::from(b'0' + rank.min(&64))).collect();
                serializer.serialize_str(&text)
            }
        }
    }
}

impl<'de> Deserialize<'de> for People {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(match Written::deserialize(deserializer)? {
            Written::Exact(pairs) => Kept::Exact(pairs.into_iter().collect()),
            Written::Sketch(text) => {
                let mut registers: Vec<u8> =
                    text.bytes().take(REGISTERS).map(|byte| byte.saturating_sub(b'0').min(64)).collect();
                registers.resize(REGISTERS, 0);
                Kept::Sketch(registers)
            }
        }))
    }
}
