//! What do the example programs share? And: runs the Rust examples of the README and of the book as doctests.

pub mod demo;

/// One chapter each; `build.rs` has made its blocks runnable.
#[cfg(doctest)]
macro_rules! chapters {
    ($($name:ident)*) => {$(
        #[doc = include_str!(concat!(env!("OUT_DIR"), "/", stringify!($name), ".md"))]
        mod $name {}
    )*};
}

#[cfg(doctest)]
chapters! {
    README
    introduction listen classify route record engage responses measure report
    python command_line embedding reliability privacy importing
    playbook queries dialects message model_card
}
