//! Real exports.
