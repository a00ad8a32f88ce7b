//! What does the record know of a person?
