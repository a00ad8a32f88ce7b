//! Python bindings and the command line.
