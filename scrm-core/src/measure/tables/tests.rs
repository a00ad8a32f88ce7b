//! Tables against counting by hand.
