//! Tests of engagement.
