//! What is said when this build has no SQLite? That the feature `sqlite` turns it on.

use std::convert::Infallible;
use std::ops::ControlFlow;
use std::path::Path;

use crate::model::{Case, Contact, DeliveryKey, Event, Tenant};
use crate::record::error::Fault;
use crate::record::{
    CaseQuery, Entry, HistoryQuery, Quarantined, Receipt, Seen, SqliteOptions, Store, StoreError,
    StoreErrorKind, Totals,
};

/// A record in one SQLite file. This build lacks it: it refuses to open.
#[derive(Debug)]
pub struct SqliteStore(Infallible);

impl SqliteStore {
    /// Refuses: this build has no SQLite.
    ///
    /// # Errors
    /// Always, with [`StoreErrorKind::Unsupported`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Err(Fault::new(StoreErrorKind::Unsupported).at(&path.as_ref().display().to_string()))
    }

    /// Refuses: this build has no SQLite.
    ///
    /// # Errors
    /// Always, with [`StoreErrorKind::Unsupported`].
    pub fn open_with(path: impl AsRef<Path>, _: SqliteOptions) -> Result<Self, StoreError> {
        Self::open(path)
    }

    /// Refuses: this build has no SQLite.
    ///
    /// # Errors
    /// Always, with [`StoreErrorKind::Unsupported`].
    pub fn open_in_memory() -> Result<Self, StoreError> {
        Err(Fault::new(StoreErrorKind::Unsupported).at(":memory:"))
    }
}

impl Store for SqliteStore {
    fn seen(&mut self, _: &Tenant, _: &[DeliveryKey]) -> Result<Vec<Seen>, StoreError> {
        match self.0 {}
    }

    fn history(&mut self, _: &Tenant, _: &HistoryQuery) -> Result<Vec<Contact>, StoreError> {
        match self.0 {}
    }

    fn open_cases(&mut self, _: &Tenant, _: &CaseQuery) -> Result<Vec<Case>, StoreError> {
        match self.0 {}
    }

    fn commit(&mut self, _: &Tenant, _: &[Event]) -> Result<Receipt, StoreError> {
        match self.0 {}
    }

    fn entries(&mut self, _: &Tenant, _: &mut dyn FnMut(Entry) -> ControlFlow<()>) -> Result<(), StoreError> {
        match self.0 {}
    }

    fn cases(&mut self, _: &Tenant, _: &mut dyn FnMut(Case) -> ControlFlow<()>) -> Result<(), StoreError> {
        match self.0 {}
    }

    fn quarantined(
        &mut self,
        _: &Tenant,
        _: &mut dyn FnMut(Quarantined) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        match self.0 {}
    }

    fn log(
        &mut self,
        _: &Tenant,
        _: u64,
        _: &mut dyn FnMut(u64, Event) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        match self.0 {}
    }

    fn totals(&mut self, _: &Tenant) -> Result<Totals, StoreError> {
        match self.0 {}
    }
}
