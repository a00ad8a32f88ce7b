//! What is known of an account that is compared?

use crate::model::{Identity, IdentityKey};

/// An account, with the keys and links that were found with it.
#[derive(Debug, Clone, PartialEq)]
pub struct AccountProfile {
    /// Its name, handle, bio, location and link are compared.
    pub identity: Identity,
    /// E-mail addresses.
    pub emails: Vec<ContactPoint>,
    /// Telephone numbers, with their country (`+31…` or `0031…`); others are passed over.
    pub phones: Vec<ContactPoint>,
    /// The language it writes in (BCP 47); the first part counts.
    pub language: Option<String>,
    /// Where its own profile page stands.
    pub pages: Vec<String>,
    /// Pages that it links to, besides the link and those in the text of its profile.
    pub links: Vec<String>,
}

/// An address or number by which somebody can be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactPoint {
    /// As it was given.
    pub value: String,
    /// Whether it was shown to be theirs: by a code sent to it, by a login, or by a signature of the address's own domain.
    /// That a message names it as its sender shows nothing.
    pub confirmed: bool,
}

impl AccountProfile {
    /// An account of which nothing but its identity is known.
    pub fn new(identity: Identity) -> Self {
        Self {
            identity,
            emails: Vec::new(),
            phones: Vec::new(),
            language: None,
            pages: Vec::new(),
            links: Vec::new(),
        }
    }

    /// What names the account.
    pub fn key(&self) -> &IdentityKey {
        &self.identity.key
    }
}
