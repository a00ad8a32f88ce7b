//! What do the tables refuse, and what do the views say?
