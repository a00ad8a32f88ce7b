//! What is told when nobody listens? Nothing.

use crate::desk::Received;
use crate::model::Tenant;
use crate::record::StoreError;

pub(in crate::desk) fn group(_: &Tenant, _: &[Received]) {}

pub(in crate::desk) fn failed(_: &Tenant, _: &StoreError) {}
