//! Who are the people in the record: which accounts are one person, and whose word carries far?
//!
//! Everything here is pure: it takes what a record holds and needs no store.
//!
//! - [`Customers`]: the customers that the claims make, kept up to date claim by claim.
//! - [`suggest`](mod@suggest): which accounts may be one person, with the weight of each field. A person decides.
//! - [`influence`]: who is replied to, reposted and mentioned by whom, and what weight that gives an account.

mod customers;
pub mod influence;
pub mod suggest;

pub use customers::{Customers, CustomersChange};
