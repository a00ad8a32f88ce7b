//! What is told of a group, and of a failure? Counts, kinds and the tenant's name.

use tracing::{debug, warn};

use crate::desk::{Captures, Received};
use crate::model::Tenant;
use crate::record::StoreError;

pub(in crate::desk) fn group(tenant: &Tenant, received: &[Received]) {
    let mut captures = Captures::default();
    for one in received {
        captures.count(one);
    }
    let Captures { rows, distinct, duplicates, noise, decided, open, .. } = captures;
    let opened = received.iter().filter(|one| one.opened).count();
    debug!(target: "scrm", %tenant, rows, distinct, duplicates, noise, decided, open, opened, "group recorded");
}

pub(in crate::desk) fn failed(tenant: &Tenant, error: &StoreError) {
    let (kind, retryable) = (error.kind(), error.is_retryable());
    warn!(target: "scrm", %tenant, ?kind, retryable, "group not recorded");
}
