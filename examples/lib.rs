//! Runs the Rust examples of the README and of the book as doctests.
