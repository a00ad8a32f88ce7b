//! Tests of the measures.
