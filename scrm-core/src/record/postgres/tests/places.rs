//! What is opened, and what is refused?
