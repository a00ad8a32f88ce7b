"""Makes pagerank.json: graphs and what networkx.pagerank gives for them. Run with networkx 3.6.1, numpy and scipy."""
import json, random
import networkx as nx

def case(name, n, edges, seeds=None):
    g = nx.DiGraph()
    g.add_nodes_from(range(n))
    for a, b, w in edges:
        g.add_edge(a, b, weight=w)
    p = {k: 1.0 for k in seeds} if seeds else None
    r = nx.pagerank(g, alpha=0.85, weight="weight", tol=1e-16, max_iter=2000, personalization=p) if n > 1 else {0: 1.0}
    return {"name": name, "accounts": n, "edges": edges, "seeds": seeds or [], "rank": [r[i] for i in range(n)]}

def rnd(seed, n, m):
    rng = random.Random(seed)
    seen = {}
    for _ in range(m):
        a, b = int(n * rng.random() ** 2), int(n * rng.random() ** 3)
        seen[(a, b)] = rng.choice([0.5, 1, 1, 2, 3.25])
    return [[a, b, w] for (a, b), w in sorted(seen.items())]

cases = [
    case("one account", 1, []),
    case("nobody speaks", 4, []),
    case("a cycle", 3, [[0, 1, 1], [1, 2, 1], [2, 0, 1]]),
    case("a star with a dangling middle", 5, [[1, 0, 1], [2, 0, 1], [3, 0, 1], [4, 0, 1]]),
    case("a self loop", 3, [[0, 0, 1], [0, 1, 1], [1, 2, 1]]),
    case("weights", 4, [[0, 1, 3], [0, 2, 1], [1, 3, 0.25], [1, 0, 0.75], [2, 0, 10], [3, 0, 1e-3]]),
    case("two parts that never meet", 6, [[0, 1, 1], [1, 0, 1], [2, 0, 1], [3, 4, 2], [4, 5, 1]]),
    case("seeds", 6, [[0, 1, 1], [1, 2, 1], [2, 0, 1], [3, 4, 1], [4, 3, 1], [5, 3, 1]], seeds=[0, 5]),
    case("random with dangling", 60, rnd(1, 60, 90)),
    case("random with seeds", 80, rnd(2, 80, 200), seeds=[1, 5, 40]),
    case("random, larger", 500, rnd(3, 500, 1500)),
]
with open("pagerank.json", "w") as f:
    f.write("[\n" + ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]\n")
