//! What can rules do together? Findings about a protocol, each with a witness.
