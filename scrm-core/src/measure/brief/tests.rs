//! A brief against what one counts by hand.
