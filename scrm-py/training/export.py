"""Writes a trained encoder as the one file that the engine reads, in whole numbers of eight bits.

    python export.py --data DIR --units units.jsonl --student student1.pt --out encoder.bin --reference encoder_reference.jsonl

README.md describes the file. The reference holds texts with the hidden values and logits that the file's own whole
numbers give in double precision, by a plain reader; it shares with the training only the hash and the n-grams.
"""

import argparse
import hashlib
import json
import math
import struct

import numpy as np
import torch

from common import load, macro_recall
from student import buckets_of, fnv1a

MAGIC = b"SCRMENC1"
ADDS_GRAMS, TANH = 1, 2


def eights(matrix):
    """(whole numbers, one scale a row)."""
    matrix = np.asarray(matrix, dtype=np.float64)
    scale = np.abs(matrix).max(1) / 127
    scale = np.where(scale == 0, 1.0, scale).astype("<f4")
    return np.clip(np.rint(matrix / scale[:, None].astype(np.float64)), -127, 127).astype("i1"), scale


def pack(student, temperature):
    """The bytes of the file."""
    state = {name: value.double().numpy() for name, value in student["state"].items()}
    words, arguments = student["words"], student["arguments"]
    dim = state["negation"].shape[0]
    short = np.array([fnv1a(word) >> 32 for word in words], dtype="<u4")
    order = np.argsort(short)
    short = short[order]
    if len(np.unique(short)) != len(short):
        raise SystemExit("two words of one hash")
    flags = ADDS_GRAMS * bool(arguments["both"]) | TANH * bool(arguments["tanh"])
    hidden, outputs = state["hidden.weight"].shape[0], state["output.weight"].shape[0]
    out = [MAGIC, struct.pack("<6I", dim, len(words), len(state["gram"]), hidden, outputs, flags), short.tobytes()]
    for table in (state["word"][order], state["gram"]):
        rows, scale = eights(table[:, :dim])
        gate, gate_scale = eights(table[:, dim][None, :])
        out += [rows.tobytes(), scale.tobytes(), gate_scale.tobytes(), gate.tobytes()]
    out.append(state["negation"].astype("<f4").tobytes())
    for layer in ("hidden", "output"):
        rows, scale = eights(state[layer + ".weight"])
        out += [rows.tobytes(), scale.tobytes(), state[layer + ".bias"].astype("<f4").tobytes()]
    out.append(struct.pack("<f", temperature))
    return b"".join(out)


class Reader:
    """The file read back, word by word as README.md describes it."""

    def __init__(self, data):
        if data[:8] != MAGIC:
            raise SystemExit("not an encoder")
        self.dim, self.words, self.buckets, self.hidden, self.outputs, self.flags = struct.unpack_from("<6I", data, 8)
        self.at, self.data = 32, data
        self.place = {int(h): i for i, h in enumerate(self._take("<u4", self.words))}
        self.tables = []
        for count in (self.words, self.buckets):
            rows = self._take("i1", count * self.dim).reshape(count, self.dim)
            scale = self._take("<f4", count)
            gate_scale = float(self._take("<f4", 1)[0])
            gate = self._take("i1", count)
            self.tables.append((rows.astype(float) * scale.astype(float)[:, None], gate.astype(float) * gate_scale))
        self.negation = self._take("<f4", self.dim).astype(float)
        self.layers = []
        for rows, columns in ((self.hidden, 2 * self.dim), (self.outputs, self.hidden)):
            weight = self._take("i1", rows * columns).reshape(rows, columns).astype(float)
            weight *= self._take("<f4", rows).astype(float)[:, None]
            self.layers.append((weight, self._take("<f4", rows).astype(float)))
        self.temperature = float(self._take("<f4", 1)[0])
        if self.at != len(data):
            raise SystemExit("bytes left over")

    def _take(self, kind, count):
        out = np.frombuffer(self.data, dtype=kind, count=count, offset=self.at)
        self.at += out.nbytes
        return out

    def row(self, unit):
        place = self.place.get(fnv1a(unit) >> 32)
        value, gate = np.zeros(self.dim), 0.0
        if place is None or self.flags & ADDS_GRAMS:
            grams = buckets_of(unit, self.buckets)
            value, gate = self.tables[1][0][grams].mean(0), self.tables[1][1][grams].mean()
        if place is not None:
            value, gate = value + self.tables[0][0][place], gate + self.tables[0][1][place]
        return value, gate

    def read(self, units, negated):
        """(hidden values, logits) of one text."""
        mean, most = np.zeros(self.dim), np.zeros(self.dim)
        if units:
            rows = [self.row(unit) for unit in units]
            value = np.stack([row for row, _ in rows])
            value[negated] += self.negation
            gate = 1 / (1 + np.exp(-np.array([gate for _, gate in rows])))
            mean, most = (value * gate[:, None]).sum(0) / gate.sum(), value.max(0)
        (weight, bias), (last, last_bias) = self.layers
        inner = weight @ np.concatenate((mean, most)) + bias
        inner = np.tanh(inner) if self.flags & TANH else np.maximum(inner, 0)
        return inner, last @ inner + last_bias


def softmax(logits):
    power = np.exp(logits - logits.max(-1, keepdims=True))
    return power / power.sum(-1, keepdims=True)


def best_temperature(logits, labels):
    """The temperature of least loss, each class weighing the same as its share among posts differs from set to set."""
    weight = 1 / np.bincount(labels, minlength=3)[labels]

    def loss(t):
        return -(weight * np.log(softmax(logits / t)[np.arange(len(labels)), labels])).sum()

    grid = np.exp(np.linspace(math.log(0.3), math.log(4), 261))
    return float(grid[np.argmin([loss(t) for t in grid])])


def calibration_error(p, labels, bins=10):
    """The mean gap between how sure the encoder is and how often it is right, classes weighing the same."""
    weight = 1 / np.bincount(labels, minlength=3)[labels]
    weight = weight / weight.sum()
    sure, right = p.max(1), (p.argmax(1) == labels)
    which = np.minimum((sure * bins).astype(int), bins - 1)
    return float(sum(abs((weight * (sure - right))[which == b].sum()) for b in range(bins)))


def figures_of(logits, labels):
    guess = logits.argmax(1)
    f1 = [2 * ((labels == c) & (guess == c)).sum() / ((labels == c).sum() + (guess == c).sum()) for c in (0, 2)]
    return {
        "macro_recall": round(100 * macro_recall(labels.tolist(), guess.tolist()), 2),
        "f1_pos_neg": round(100 * float(np.mean(f1)), 2),
        "accuracy": round(100 * float((guess == labels).mean()), 2),
    }


def main():
    from teacher import split_train

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--units", required=True)
    parser.add_argument("--student", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--reference")
    parser.add_argument("--plain", action="store_true", help="temperature 1: no label is looked at but to measure")
    args = parser.parse_args()

    student = torch.load(args.student, weights_only=False)
    held = {} if args.plain else {("tweeteval_sentiment", i): y for i, _, y in split_train(args.data)[1]}
    val = {("val", i): int(row["label"]) for i, row in enumerate(load(args.data, "tweeteval_sentiment", "val"))}
    texts = {}
    with open(args.units, encoding="utf-8") as handle:
        for line in handle:
            row = json.loads(line)
            key = (row["set"], row["row"])
            if key in held or key in val:
                texts[key] = row

    def outcome(reader, keys):
        return np.stack([reader.read(texts[key]["units"], texts[key]["negated"])[1] for key in keys])

    held_labels, val_labels = np.array([held[k] for k in held]), np.array([val[k] for k in val])
    data = pack(student, 1.0)
    temperature = 1.0
    if held:
        logits = outcome(Reader(data), held)
        temperature = best_temperature(logits, held_labels)
    data = pack(student, temperature)
    reader = Reader(data)
    val_logits = outcome(reader, val)
    with open(args.out, "wb") as handle:
        handle.write(data)
    print(json.dumps({
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "seed": student["arguments"]["seed"],
        "words": reader.words,
        "temperature": round(temperature, 4),
        "held_out": figures_of(logits, held_labels) if held else None,
        "val": figures_of(val_logits, val_labels),
        "val_before_whole_numbers": student["figures"]["val"],
        "calibration_error_val": round(calibration_error(softmax(val_logits / reader.temperature), val_labels), 4),
        "calibration_error_val_without_temperature": round(calibration_error(softmax(val_logits), val_labels), 4),
    }, indent=1))
    if args.reference:
        with open(args.reference, "w", encoding="utf-8") as handle:
            for key in list(val)[:300]:
                row = texts[key]
                inner, logits = reader.read(row["units"], row["negated"])
                flags = set(row["negated"])
                handle.write(json.dumps({
                    "row": key[1],
                    "units": [[unit, i in flags] for i, unit in enumerate(row["units"])],
                    "hidden": inner.tolist(),
                    "logits": logits.tolist(),
                    "probabilities": softmax(logits / reader.temperature).tolist(),
                }, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
