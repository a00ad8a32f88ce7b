//! How much of everybody's attention ends where? PageRank by power iteration, over numbered accounts.

/// One edge, from who turns to somebody to whom they turn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edge {
    pub(super) from: u32,
    pub(super) to: u32,
    /// More than 0.
    pub(super) weight: f64,
}

/// How far to go.
#[derive(Debug, Clone, Copy)]
pub(super) struct Effort {
    pub(super) damping: f64,
    /// Stops when all ranks together changed by no more.
    pub(super) tolerance: f64,
    pub(super) iterations: u32,
}

#[derive(Debug, Clone)]
pub(super) struct Ranked {
    /// By number of account; they sum to 1.
    pub(super) rank: Vec<f64>,
    /// The rank of an account that nobody turns to, were all accounts seeds.
    pub(super) unit: f64,
    pub(super) iterations: u32,
    /// By how much all ranks together changed last.
    pub(super) change: f64,
}

/// The ranks of `n` accounts; an edge to or from any other is left out.
///
/// Rank starts anew from `seeds`, or from all when there are none. `start` is where to begin, better the closer it
/// is; the result is the same within `tolerance · d/(1-d)` wherever it is.
pub(super) fn rank(
    n: usize,
    edges: &[Edge],
    seeds: &[u32],
    start: Option<Vec<f64>>,
    effort: Effort,
) -> Ranked {
    let links = Links::new(n, edges);
    let fresh = fresh(n, seeds);
    let mut now = begin(start, &fresh, &links.reached(&fresh, edges));
    let mut next = vec![0.0; n];
    let mut given = vec![0.0; n];
    let (mut iterations, mut change, mut dangling) = (0, f64::INFINITY, 0.0);
    while iterations < effort.iterations && change > effort.tolerance {
        dangling = 0.0;
        for ((given, rank), out) in given.iter_mut().zip(&now).zip(&links.out) {
            if *out > 0.0 {
                *given = rank / out;
            } else {
                dangling += rank;
            }
        }
        let base = 1.0 - effort.damping + effort.damping * dangling;
        for ((next, incoming), fresh) in next.iter_mut().zip(links.incoming()).zip(&fresh) {
            let of = |(from, weight): &(u32, f64)| weight * given.get(*from as usize).copied().unwrap_or(0.0);
            *next = base * fresh + effort.damping * incoming.iter().map(of).sum::<f64>();
        }
        change = next.iter().zip(&now).map(|(a, b)| (a - b).abs()).sum();
        std::mem::swap(&mut now, &mut next);
        iterations += 1;
    }
    let base = 1.0 - effort.damping + effort.damping * dangling;
    Ranked { rank: now, unit: base * (1.0 / n.max(1) as f64), iterations, change }
}

/// The share of what starts anew, by account.
fn fresh(n: usize, seeds: &[u32]) -> Vec<f64> {
    let mut is_seed = vec![seeds.is_empty(); n];
    for seed in seeds {
        if let Some(is_seed) = is_seed.get_mut(*seed as usize) {
            *is_seed = true;
        }
    }
    let share = 1.0 / is_seed.iter().filter(|is| **is).count().max(1) as f64;
    is_seed.into_iter().map(|is| if is { share } else { 0.0 }).collect()
}

/// Ranks to begin with that sum to 1, and are 0 where no rank ever comes.
fn begin(start: Option<Vec<f64>>, fresh: &[f64], reached: &[bool]) -> Vec<f64> {
    let mut ranks = start.filter(|ranks| ranks.len() == fresh.len()).unwrap_or_else(|| fresh.to_vec());
    for (rank, reached) in ranks.iter_mut().zip(reached) {
        if !reached || !rank.is_finite() || *rank < 0.0 {
            *rank = 0.0;
        }
    }
    let sum: f64 = ranks.iter().sum();
    if sum <= 0.0 {
        return fresh.to_vec();
    }
    for rank in &mut ranks {
        *rank /= sum;
    }
    ranks
}

/// The edges by where they go.
struct Links {
    /// Where the edges to an account begin among `links`; one more at the end.
    starts: Vec<usize>,
    links: Vec<(u32, f64)>,
    /// The weight of all edges from an account.
    out: Vec<f64>,
}

impl Links {
    fn new(n: usize, edges: &[Edge]) -> Self {
        let is_edge = |e: &&Edge| {
            (e.from as usize) < n && (e.to as usize) < n && e.weight.is_finite() && e.weight > 0.0
        };
        let mut sorted: Vec<Edge> = edges.iter().filter(is_edge).copied().collect();
        sorted.sort_by_key(|edge| (edge.to, edge.from));
        let mut out = vec![0.0; n];
        let mut starts = vec![0_usize; n + 1];
        for edge in &sorted {
            if let Some(out) = out.get_mut(edge.from as usize) {
                *out += edge.weight;
            }
            if let Some(count) = starts.get_mut(edge.to as usize + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let links = sorted.into_iter().map(|edge| (edge.from, edge.weight)).collect();
        Self { starts, links, out }
    }

    /// The edges to each account in turn.
    fn incoming(&self) -> impl Iterator<Item = &[(u32, f64)]> {
        let ends = self.starts.iter().skip(1);
        self.starts.iter().zip(ends).map(|(start, end)| self.links.get(*start..*end).unwrap_or_default())
    }

    /// Whether rank comes to each account from where it starts anew.
    fn reached(&self, fresh: &[f64], edges: &[Edge]) -> Vec<bool> {
        let mut reached: Vec<bool> = fresh.iter().map(|share| *share > 0.0).collect();
        if reached.iter().all(|is| *is) {
            return reached;
        }
        let mut from: Vec<(u32, u32)> = edges.iter().map(|edge| (edge.from, edge.to)).collect();
        from.sort_unstable();
        let mut ahead: Vec<u32> = (0..).zip(&reached).filter(|(_, is)| **is).map(|(at, _)| at).collect();
        while let Some(at) = ahead.pop() {
            let first = from.partition_point(|(from, _)| *from < at);
            for (_, to) in from.iter().skip(first).take_while(|(from, _)| *from == at) {
                if let Some(is) = reached.get_mut(*to as usize).filter(|is| !**is) {
                    *is = true;
                    ahead.push(*to);
                }
            }
        }
        reached
    }
}
