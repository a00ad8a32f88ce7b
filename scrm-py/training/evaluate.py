"""Measures an exported encoder on sets that are unlike the labelled ones.

    python evaluate.py --data DIR --encoder encoder.bin

`tweeteval_emotion` val: joy and optimism against anger and sadness. `sentiment140`: rows that no student read, by
their emoticons, which stand in no text. `complaints`: how well the score alone puts complaints below the rest. The
area under the curve is the chance that of two posts, one of each side, the right one has the greater score.
"""

import argparse
import json

import numpy as np
import scrm

from common import load
from export import Reader, figures_of, softmax
from label import rows_aside


def area(score, truth):
    """The area under the ROC curve, ties counted half."""
    order = np.argsort(score, kind="stable")
    rank = np.empty(len(score))
    rank[order] = np.arange(1, len(score) + 1)
    values, place = np.unique(score, return_inverse=True)
    mean = np.bincount(place, weights=rank) / np.bincount(place)
    rank = mean[place]
    up = truth.sum()
    return float((rank[truth].sum() - up * (up + 1) / 2) / (up * (len(truth) - up)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--encoder", required=True)
    args = parser.parse_args()
    with open(args.encoder, "rb") as handle:
        reader = Reader(handle.read())

    def logits_of(texts):
        out = []
        for units in scrm.units(texts):
            out.append(reader.read([u for u, _ in units], [i for i, (_, n) in enumerate(units) if n])[1])
        return np.stack(out)

    def two_sided(texts, truth):
        p = softmax(logits_of(texts) / reader.temperature)
        score = p[:, 2] - p[:, 0]
        return {"texts": len(texts), "area": round(100 * area(score, truth), 2),
                "right_side": round(100 * float(((score > 0) == truth).mean()), 2)}

    out = {}
    rows = load(args.data, "tweeteval_sentiment", "val")
    out["tweeteval_sentiment val"] = figures_of(
        logits_of([r["text"] for r in rows]), np.array([int(r["label"]) for r in rows]))
    rows = load(args.data, "tweeteval_emotion", "val")
    out["tweeteval_emotion val"] = two_sided(
        [r["text"] for r in rows], np.array([r["label"] in ("1", "2") for r in rows]))
    rows = load(args.data, "sentiment140", "distant")
    rows = [rows[i] for i in rows_aside(len(rows))]
    out["sentiment140 aside"] = two_sided([r["text"] for r in rows], np.array([r["label"] == "2" for r in rows]))
    rows = load(args.data, "complaints", "train")
    figures = two_sided([r["text"] for r in rows], np.array([r["label"] == "0" for r in rows]))
    del figures["right_side"]
    out["complaints"] = figures
    print(json.dumps(out, indent=1))


if __name__ == "__main__":
    main()
