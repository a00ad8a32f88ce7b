//! What happens when many write at once, and when connections break?
