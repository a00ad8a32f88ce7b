"""Writes the units of every text that a student learns from or is measured by.

    python units.py --data DIR --soft soft.tsv [more.tsv ...] --out units.jsonl

Needs the `scrm` package, whose own units these are, and nothing else. Each line holds the set, the row, the units
and the places of those that stand in the scope of a negation; the rows of the official val part are set `val`.
"""

import argparse
import json

import scrm

from common import load, read_tsv


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--soft", required=True, nargs="+")
    parser.add_argument("--out", required=True)
    args = parser.parse_args()

    texts = {(row["set"], int(row["row"])): row["text"] for path in args.soft for row in read_tsv(path)}
    texts |= {("val", i): row["text"] for i, row in enumerate(load(args.data, "tweeteval_sentiment", "val"))}
    rows = [(name, number, text) for (name, number), text in texts.items()]
    with open(args.out, "w", encoding="utf-8") as out:
        for start in range(0, len(rows), 4096):
            block = rows[start : start + 4096]
            for (name, number, _), units in zip(block, scrm.units([text for _, _, text in block])):
                line = {"set": name, "row": number, "units": [unit for unit, _ in units],
                        "negated": [place for place, (_, negated) in enumerate(units) if negated]}
                out.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
    print(f"{len(rows)} texts")


if __name__ == "__main__":
    main()
