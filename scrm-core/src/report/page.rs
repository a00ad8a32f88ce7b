//! What is on the page? A head that forbids everything but its own styles, a title, and part by part tables with their charts.

use sha2::{Digest, Sha256};

use super::chart::Chart;
use super::html::{Html, tamed};
use super::svg::{Size, class};
use super::tables::{figures, is_figures, table};
use super::{Report, values};
use crate::measure::Table;

/// How it looks, by day, by night, on paper.
const STYLE: &str = include_str!("page.css");
/// Characters of a title.
const TITLE: usize = 200;

/// The whole page.
pub(super) fn page(report: &Report) -> String {
    let mut html = Html::new();
    html.within("html", &[("lang", "en")], |html| {
        html.within("head", &[], |html| head(html, report));
        html.within("body", &[], |html| body(html, report));
    });
    html.finish()
}

/// The page in a frame that is allowed nothing.
pub(super) fn frame(report: &Report) -> String {
    let mut html = Html::default();
    let attributes = [
        ("sandbox", ""),
        ("title", &tamed(&report.title, TITLE)),
        ("width", "100%"),
        ("height", "800"),
        ("srcdoc", &page(report)),
    ];
    html.element("iframe", &attributes, "");
    html.finish()
}

fn head(html: &mut Html, report: &Report) {
    html.empty("meta", &[("charset", "utf-8")]);
    html.empty("meta", &[("http-equiv", "Content-Security-Policy"), ("content", &policy())]);
    html.empty("meta", &[("name", "viewport"), ("content", "width=device-width, initial-scale=1")]);
    html.empty("meta", &[("name", "color-scheme"), ("content", "light dark")]);
    html.empty("meta", &[("name", "referrer"), ("content", "no-referrer")]);
    html.empty("meta", &[("name", "robots"), ("content", "noindex")]);
    html.element("title", &[], &tamed(&report.title, TITLE));
    html.style(STYLE);
}

/// Nothing is loaded, nothing is run, nothing is sent; styles are those of this code, to the letter.
fn policy() -> String {
    let hash = base64(&Sha256::digest(STYLE));
    format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'")
}

/// Bytes in base64 (RFC 4648).
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let bits =
            (0..3).fold(0_usize, |bits, at| bits << 8 | usize::from(three.get(at).copied().unwrap_or(0)));
        for at in 0..4 {
            let letter = LETTERS.get(bits >> (18 - 6 * at) & 63).copied().unwrap_or(b'=');
            out.push(char::from(if at > three.len() { b'=' } else { letter }));
        }
    }
    out
}

fn body(html: &mut Html, report: &Report) {
    html.within("header", &[], |html| {
        html.element("h1", &[], &tamed(&report.title, TITLE));
        html.within("dl", &[("class", "facts")], |html| {
            let fact = |html: &mut Html, name: &str, write: &dyn Fn(&mut Html)| {
                html.within("div", &[], |html| {
                    html.element("dt", &[], &tamed(name, TITLE));
                    html.within("dd", &[], write);
                });
            };
            for (name, value) in &report.facts {
                fact(html, name, &|html| html.element("bdi", &[], &tamed(value, TITLE)));
            }
            if let Some(at) = report.as_of {
                fact(html, "As of", &|html| {
                    html.element(
                        "time",
                        &[("datetime", &values::machine_time(at))],
                        &values::time(at, report.zone),
                    );
                });
            }
            fact(html, "Days and hours", &|html| html.text(report.zone.name()));
        });
        html.within("nav", &[("aria-label", "Parts")], |html| {
            html.within("ul", &[], |html| {
                for (at, part) in report.parts.iter().enumerate() {
                    html.within("li", &[], |html| {
                        html.element(
                            "a",
                            &[("href", &format!("#part-{}", at + 1))],
                            &tamed(&part.title, TITLE),
                        );
                    });
                }
            });
        });
    });
    html.within("main", &[], |html| {
        let mut ids = Ids::default();
        for (at, part) in report.parts.iter().enumerate() {
            let id = format!("part-{}", at + 1);
            html.within("section", &[("aria-labelledby", &id)], |html| {
                html.element("h2", &[("id", &id)], &tamed(&part.title, TITLE));
                for of in &part.tables {
                    let id = ids.next(of.name());
                    if is_figures(of) {
                        figures(html, of, &id, report.zone);
                    } else {
                        card(html, &report.charts_of(of), &id, of, |html| table(html, of, &id, report.zone));
                    }
                }
            });
        }
    });
    html.within("footer", &[], |html| {
        html.element(
            "p",
            &[],
            "Everything on this page is in it: it loads nothing, runs nothing and sends nothing. A dash is unknown, which is not zero.",
        );
    });
}

/// A table with its charts beside it.
fn card(html: &mut Html, charts: &[Chart], id: &str, of: &Table, table: impl FnOnce(&mut Html)) {
    // Many columns want the whole width, with the charts above them.
    let wide = of.columns().len() > 7;

    let class = match (charts.is_empty(), wide) {
        (true, _) => "card",
        (false, true) => "card over",
        (false, false) => "card drawn",
    };
    html.within("article", &[("class", class)], |html| {
        html.element("h3", &[], &tamed(of.title(), TITLE));
        if !charts.is_empty() {
            html.within("div", &[("class", "charts")], |html| {
                for (at, chart) in charts.iter().enumerate() {
                    picture(html, chart, &format!("{id}-chart-{}", at + 1));
                }
            });
        }
        html.within("div", &[("class", "numbers")], table);
    });
}

/// One chart, drawn once for a phone and once for everything else, with the names of its colours.
fn picture(html: &mut Html, chart: &Chart, id: &str) {
    let drawn =
        [(Size::Wide, "wide"), (Size::Narrow, "narrow")].map(|(size, class)| (chart.svg(size), class));
    if drawn.iter().any(|(picture, _)| picture.is_none()) {
        return;
    }
    html.within("figure", &[], |html| {
        html.element("figcaption", &[], &tamed(chart.title(), TITLE));
        legend(html, chart);
        for (picture, class) in &drawn {
            if let Some(picture) = picture {
                html.svg(picture, class, &format!("{id}-{class}"));
            }
        }
    });
}

fn legend(html: &mut Html, chart: &Chart) {
    let plot = &chart.plot;
    if plot.series.len() < 2 && plot.marks.is_empty() {
        return;
    }
    html.within("ul", &[("class", "legend")], |html| {
        for (at, series) in plot.series.iter().enumerate() {
            html.within("li", &[], |html| {
                html.element("i", &[("class", class(&series.name, at))], "");
                html.element("bdi", &[], &series.name);
            });
        }
        if !plot.marks.is_empty() {
            html.within("li", &[], |html| {
                html.element("b", &[], "▲");
                html.text("spike: far more than usual");
            });
        }
    });
}

/// Anchors, each once.
#[derive(Debug, Default)]
struct Ids(Vec<String>);

impl Ids {
    fn next(&mut self, name: &str) -> String {
        let letters = name
            .chars()
            .take(40)
            .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' });
        let plain: String = ["table-"].into_iter().flat_map(str::chars).chain(letters).collect();
        let mut id = plain.clone();
        let mut number = 1;
        while self.0.contains(&id) {
            number += 1;
            id = format!("{plain}-{number}");
        }
        self.0.push(id.clone());
        id
    }
}
