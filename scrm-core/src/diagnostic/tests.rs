//! Tests of the diagnostics.
