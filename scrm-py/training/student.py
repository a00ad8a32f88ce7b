"""Trains the encoder of the engine on a teacher's probabilities.

    python student.py --data DIR --model DIR --units units.jsonl --soft soft.tsv [soft2.tsv ...] --out DIR --seed 1

The encoder is a bag: every unit of a text has a row of numbers, a gate weighs the rows' mean, the greatest value of
each column is taken beside it, and a small network makes three logits of the two. A unit outside the vocabulary has
the mean of the rows of its character n-grams; a unit in the scope of a negation has one vector added.
"""

import argparse
import collections
import copy
import json
import math
import os
import random
import time

import numpy as np
import torch
from torch import nn

from common import load, macro_recall, read_tsv

LONGEST = 120  # units of a text that training looks at
FNV_START, FNV_PRIME, WORD64 = 0xCBF29CE484222325, 0x100000001B3, (1 << 64) - 1


def fnv1a(text):
    """The 64-bit FNV-1a hash of a text's UTF-8 bytes."""
    value = FNV_START
    for byte in text.encode("utf-8"):
        value = ((value ^ byte) * FNV_PRIME) & WORD64
    return value


def buckets_of(unit, buckets):
    """The buckets of the n-grams of three to five characters of `<unit>`, its first 24 characters at most."""
    framed = "<" + unit[:24] + ">"
    return [fnv1a(framed[i : i + n]) & (buckets - 1) for n in (3, 4, 5) for i in range(len(framed) - n + 1)]


class Texts:
    """Texts as numbers: the types of their units, flags of negation, and the probabilities to learn."""

    def __init__(self):
        self.units, self.negated, self.soft, self.label, self.weight = [], [], [], [], []

    def add(self, units, negated, soft, label, weight=1.0):
        flags = np.zeros(len(units), dtype=np.float32)
        flags[negated] = 1
        self.units.append(np.array(units[:LONGEST], dtype=np.int64))
        self.negated.append(flags[:LONGEST])
        self.soft.append(soft)
        self.label.append(label)
        self.weight.append(weight)

    def __len__(self):
        return len(self.units)


class Vocabulary:
    """Types of units: the first `words` have a row of their own, all have n-grams."""

    def __init__(self, counts, words, buckets, least=2):
        ranked = sorted((unit for unit in counts if counts[unit] >= least), key=lambda u: (-counts[u], u))
        self.words, taken = [], set()
        for unit in ranked:
            short = fnv1a(unit) >> 32
            if short not in taken:
                taken.add(short)
                self.words.append(unit)
            if len(self.words) == words:
                break
        self.buckets = buckets
        self.types = list(self.words)
        self.index = {unit: i for i, unit in enumerate(self.types)}
        self.grams, self.start = [], [0]
        for unit in self.words:
            self._append(unit)

    def _append(self, unit):
        grams = buckets_of(unit, self.buckets)
        self.grams.extend(grams)
        self.start.append(len(self.grams))

    def number(self, unit):
        if unit not in self.index:
            self.index[unit] = len(self.types)
            self.types.append(unit)
            self._append(unit)
        return self.index[unit]

    def freeze(self):
        self.grams = np.array(self.grams, dtype=np.int64)
        self.start = np.array(self.start, dtype=np.int64)


class Bag(nn.Module):
    def __init__(self, words, buckets, dim, hidden, dropout, tanh=False, both=False):
        super().__init__()
        self.words, self.dim, self.tanh, self.both = words, dim, tanh, both
        self.word = nn.Parameter(torch.randn(words, dim + 1) * 0.1)
        self.gram = nn.Parameter(torch.randn(buckets, dim + 1) * 0.1)
        self.word.data[:, dim] = 0
        self.gram.data[:, dim] = 0
        self.negation = nn.Parameter(torch.zeros(dim))
        self.hidden = nn.Linear(2 * dim, hidden)
        self.output = nn.Linear(hidden, 3)
        self.drop = nn.Dropout(dropout)

    def rows(self, flat, vocabulary, swap):
        """The row of each unit; `swap` marks known words that are spelt by their n-grams this time."""
        spelt = (flat >= self.words) | swap
        known = torch.from_numpy(np.where(spelt, 0, flat))
        rows = nn.functional.embedding(known, self.word)
        which = np.nonzero(np.ones_like(spelt) if self.both else spelt)[0]
        if len(which):
            types, place = np.unique(flat[which], return_inverse=True)
            begin, length = vocabulary.start[types], vocabulary.start[types + 1] - vocabulary.start[types]
            offset = np.concatenate(([0], np.cumsum(length)[:-1]))
            grams = vocabulary.grams[np.repeat(begin - offset, length) + np.arange(length.sum())]
            mean = nn.functional.embedding_bag(
                torch.from_numpy(grams), self.gram, torch.from_numpy(offset), mode="mean"
            )[torch.from_numpy(place)]
            where = torch.from_numpy(which)
            if self.both:
                keep = torch.from_numpy(~spelt).float().unsqueeze(1)
                rows = rows * keep + mean
            else:
                rows = rows.index_copy(0, where, mean)
        return rows

    def forward(self, units, negated, vocabulary, p_swap=0.0, p_drop=0.0, rng=None):
        width = max(1, max(map(len, units)))
        count = len(units)
        lengths = np.array([len(u) for u in units])
        inside = np.arange(width)[None, :] < lengths[:, None]
        flat, flags = np.concatenate(units), np.concatenate(negated)
        swap = np.zeros(len(flat), dtype=bool)
        if p_swap:
            swap = rng.random(len(flat)) < p_swap
        if p_drop:
            kept = rng.random(len(flat)) >= p_drop
            first = np.concatenate(([0], np.cumsum(lengths)[:-1]))
            kept[first[lengths > 0]] = True
            whole = np.zeros(inside.shape, dtype=bool)
            whole[inside] = kept
            flat, flags, swap, inside = flat[kept], flags[kept], swap[kept], whole
        rows = self.rows(flat, vocabulary, swap)
        gate = torch.sigmoid(rows[:, self.dim])
        value = rows[:, : self.dim] + torch.from_numpy(flags).unsqueeze(1) * self.negation
        place = torch.from_numpy(np.nonzero(inside.reshape(-1))[0])
        text = torch.from_numpy(np.nonzero(inside)[0])
        total = torch.zeros(count, self.dim).index_add(0, text, value * gate.unsqueeze(1))
        mass = torch.zeros(count).index_add(0, text, gate)
        mean = total / mass.clamp(min=1e-6).unsqueeze(1)
        padded = torch.full((count * width, self.dim), -1e4).index_copy(0, place, value)
        most = padded.view(count, width, self.dim).amax(1)
        most = torch.where(torch.from_numpy(lengths > 0).unsqueeze(1), most, torch.zeros(()))
        pooled = self.drop(torch.cat((mean, most), 1))
        inner = self.hidden(pooled)
        inner = torch.tanh(inner) if self.tanh else torch.relu(inner)
        return self.output(self.drop(inner))


@torch.no_grad()
def predict(model, texts, vocabulary, size=512):
    model.eval()
    order = sorted(range(len(texts)), key=lambda i: len(texts.units[i]))
    out = np.zeros((len(texts), 3), dtype=np.float32)
    for start in range(0, len(order), size):
        rows = order[start : start + size]
        out[rows] = model([texts.units[i] for i in rows], [texts.negated[i] for i in rows], vocabulary).numpy()
    return out


def average_soft(paths):
    """The mean probabilities of the teachers that labelled it, by set and row."""
    total = {}
    for path in paths:
        for row in read_tsv(path):
            key = (row["set"], int(row["row"]))
            p = np.array([float(row["p0"]), float(row["p1"]), float(row["p2"])])
            total[key] = total.get(key, 0) + p
    return {key: p / p.sum() for key, p in total.items()}


def gather(args):
    """(transfer texts, held-out texts, official val, vocabulary)."""
    from teacher import split_train

    train_rows, held_rows = split_train(args.data)
    label = {("tweeteval_sentiment", i): y for i, _, y in train_rows}
    held = {("tweeteval_sentiment", i): y for i, _, y in held_rows}
    val = {("val", i): int(row["label"]) for i, row in enumerate(load(args.data, "tweeteval_sentiment", "val"))}
    soft = average_soft(args.soft)
    without = set(args.without)
    lines = []
    with open(args.units, encoding="utf-8") as handle:
        for line in handle:
            row = json.loads(line)
            lines.append(((row["set"], row["row"]), row["units"], row["negated"]))
    measured = {tuple(units) for key, units, _ in lines if key in held or key in val}
    kept, seen = [], set()
    for key, units, negated in lines:
        if key in held or key in val or key not in soft or not units or key[0] in without:
            continue
        if key[0].startswith("tweeteval_sentiment") and ("tweeteval_sentiment", key[1]) not in label:
            continue
        shape = tuple(units)
        if shape in measured or shape in seen:
            continue
        seen.add(shape)
        kept.append((key, units, negated))
    counts = collections.Counter()
    for _, units, _ in kept:
        counts.update(units)
    vocabulary = Vocabulary(counts, args.words, args.buckets)
    transfer, dev, official = Texts(), Texts(), Texts()
    for key, units, negated in kept:
        transfer.add([vocabulary.number(u) for u in units], negated, soft[key], label.get(key, -1))
    for key, units, negated in lines:
        numbers = [vocabulary.number(u) for u in units] if key in held or key in val else None
        if key in held:
            dev.add(numbers, negated, soft.get(key, np.full(3, 1 / 3)), held[key])
        elif key in val:
            official.add(numbers, negated, np.full(3, 1 / 3), val[key])
    vocabulary.freeze()
    return transfer, dev, official, vocabulary


def initial_rows(vocabulary, dim, model_path, cache, least_types):
    """The sentence encoder's vector of each type of unit alone, its greatest `dim` directions."""
    from transformers import AutoModel, AutoTokenizer

    from common import emoji_to_words

    names = vocabulary.types[:least_types]
    known = {}
    if os.path.exists(cache):
        stored = np.load(cache, allow_pickle=False)
        known = dict(zip(stored["names"].tolist(), stored["vectors"]))
    missing = [name for name in names if name not in known]
    if missing:
        tokenizer = AutoTokenizer.from_pretrained(model_path)
        encoder = AutoModel.from_pretrained(model_path).eval()
        missing.sort(key=len)
        with torch.inference_mode():
            for start in range(0, len(missing), 256):
                block = missing[start : start + 256]
                spoken = [emoji_to_words(name.strip("<>") or name).strip() or name for name in block]
                batch = tokenizer(spoken, padding=True, truncation=True, max_length=16, return_tensors="pt")
                states = encoder(**batch).last_hidden_state
                weight = batch["attention_mask"].unsqueeze(-1).float()
                mean = (states * weight).sum(1) / weight.sum(1)
                for name, vector in zip(block, nn.functional.normalize(mean, dim=1).numpy()):
                    known[name] = vector.astype(np.float16)
        np.savez(cache, names=np.array(list(known)), vectors=np.stack(list(known.values())))
    matrix = np.stack([known[name] for name in names]).astype(np.float32)
    matrix -= matrix[: len(vocabulary.words)].mean(0)
    _, _, directions = np.linalg.svd(matrix[: len(vocabulary.words)], full_matrices=False)
    return matrix @ directions[:dim].T


def fit_grams(model, vocabulary, target, steps=400, rate=0.02):
    """Sets the n-gram rows so that their means come near to the vectors of the types."""
    rng = np.random.default_rng(3)
    grams = nn.Parameter(torch.zeros(model.gram.shape[0], model.dim))
    optimiser = torch.optim.Adam([grams], lr=rate)
    goal = torch.from_numpy(target)
    for step in range(steps):
        types = rng.integers(0, len(target), 1024)
        begin, length = vocabulary.start[types], vocabulary.start[types + 1] - vocabulary.start[types]
        offset = np.concatenate(([0], np.cumsum(length)[:-1]))
        which = vocabulary.grams[np.repeat(begin - offset, length) + np.arange(length.sum())]
        mean = nn.functional.embedding_bag(torch.from_numpy(which), grams, torch.from_numpy(offset), mode="mean")
        loss = ((mean - goal[types]) ** 2).sum(1).mean()
        optimiser.zero_grad()
        loss.backward()
        for group in optimiser.param_groups:
            group["lr"] = rate * (1 - step / steps)
        optimiser.step()
    with torch.no_grad():
        model.gram[:, : model.dim] = grams


def measure(logits, texts):
    truth, guess = np.array(texts.label), logits.argmax(1)
    soft = np.stack(texts.soft)
    log = logits - np.log(np.exp(logits - logits.max(1, keepdims=True)).sum(1, keepdims=True)) - logits.max(1, keepdims=True)
    share = np.bincount(truth, minlength=3)[truth] * 3.0
    f1 = []
    for label in (0, 2):
        hit = ((truth == label) & (guess == label)).sum()
        f1.append(2 * hit / max(1, (truth == label).sum() + (guess == label).sum()))
    return {
        "macro_recall": round(100 * macro_recall(truth.tolist(), guess.tolist()), 2),
        "f1_pos_neg": round(100 * float(np.mean(f1)), 2),
        "accuracy": round(100 * float((truth == guess).mean()), 2),
        "label_loss": round(float(-(log[np.arange(len(truth)), truth] / share).sum()), 4),
        "soft_loss": round(float(-(soft * log).sum(1).mean()), 4),
        "teacher_agrees": round(100 * float((soft.argmax(1) == guess).mean()), 2),
    }


def train(model, transfer, dev, vocabulary, args):
    rng = np.random.default_rng(args.seed)
    shuffle = random.Random(args.seed)
    soft = np.stack(transfer.soft) ** (1 / args.soften)
    soft /= soft.sum(1, keepdims=True)
    label = np.array(transfer.label)
    if not (label >= 0).any():
        args.hard = 0.0
    truth = torch.from_numpy(np.maximum(label, 0))
    hard = torch.from_numpy(np.where(label >= 0, args.hard, 0.0)).float()
    share = torch.from_numpy(np.bincount(label[label >= 0], minlength=3) / max(1, (label >= 0).sum())).float().log()
    weight = np.ones(len(transfer))
    if args.balance:
        weight = (soft / soft.mean(0)).sum(1) ** args.balance
        weight /= weight.mean()
    goal = torch.from_numpy(soft).float()
    weight = torch.from_numpy(weight).float()
    lengths = [len(units) for units in transfer.units]
    tables = [model.word, model.gram]
    others = [p for n, p in model.named_parameters() if n not in ("word", "gram")]
    optimiser = torch.optim.Adam(
        [{"params": tables, "base": args.rate}, {"params": others, "base": args.rate * args.head_rate}], lr=args.rate
    )
    steps = args.epochs * math.ceil(len(transfer) / args.batch)
    average, step = copy.deepcopy(model), 0
    best = (None, None)
    for epoch in range(args.epochs):
        model.train()
        began, running = time.time(), 0.0
        order = list(range(len(transfer)))
        shuffle.shuffle(order)
        batches = []
        for start in range(0, len(order), args.batch * 32):
            block = sorted(order[start : start + args.batch * 32], key=lambda i: lengths[i])
            batches += [block[i : i + args.batch] for i in range(0, len(block), args.batch)]
        shuffle.shuffle(batches)
        for rows in batches:
            scale = min(1.0, (step + 1) / 200) * (0.5 + 0.5 * math.cos(math.pi * step / (steps + 1)))
            for group in optimiser.param_groups:
                group["lr"] = group["base"] * scale
            logits = model([transfer.units[i] for i in rows], [transfer.negated[i] for i in rows],
                           vocabulary, args.swap, args.drop_words, rng)
            each = -(goal[rows] * logits.log_softmax(1)).sum(1)
            if args.hard:  # the classes' shares stand in the labels, and are taken out of the logits
                true = nn.functional.cross_entropy(logits + share, truth[rows], reduction="none")
                each = (1 - hard[rows]) * each + hard[rows] * true
            loss = (each * weight[rows]).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            step += 1
            running += loss.item()
            if step % 4 == 0:
                decay = min(args.ema, (1 + step / 4) / (10 + step / 4))
                with torch.no_grad():
                    for slow, fast in zip(average.parameters(), model.parameters()):
                        slow.lerp_(fast, 1 - decay)
        figures = measure(predict(average, dev, vocabulary), dev)
        if args.loud or epoch == args.epochs - 1:
            print(f"  epoch {epoch + 1} loss {running / len(batches):.4f} {time.time() - began:.0f} s held out {figures}",
                  flush=True)
        loss = figures["label_loss" if args.hard else "soft_loss"]
        if best[0] is None or loss < best[0] or args.last:
            best = (loss, copy.deepcopy(average.state_dict()), epoch + 1)
    average.load_state_dict(best[1])
    return average, best[2]


def parser():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--data", required=True)
    p.add_argument("--model", required=True, help="folder of all-MiniLM-L6-v2")
    p.add_argument("--units", required=True)
    p.add_argument("--soft", required=True, nargs="+")
    p.add_argument("--out", help="folder for the trained encoder")
    p.add_argument("--cache", default="vectors.npz", help="file to keep the vectors of the words in")
    p.add_argument("--seed", type=int, nargs="+", default=[3])
    p.add_argument("--words", type=int, default=20000)
    p.add_argument("--buckets", type=int, default=16384)
    p.add_argument("--dim", type=int, default=64)
    p.add_argument("--hidden", type=int, default=64)
    p.add_argument("--epochs", type=int, default=4)
    p.add_argument("--batch", type=int, default=256)
    p.add_argument("--rate", type=float, default=4e-3)
    p.add_argument("--head-rate", type=float, default=0.5, help="of the network, as a share of the rows' rate")
    p.add_argument("--dropout", type=float, default=0.05)
    p.add_argument("--swap", type=float, default=0.05, help="share of words spelt by their n-grams")
    p.add_argument("--drop-words", type=float, default=0.0)
    p.add_argument("--ema", type=float, default=0.998)
    p.add_argument("--hard", type=float, default=0.4, help="share of the true label where there is one")
    p.add_argument("--soften", type=float, default=1.0, help="temperature of the teacher's probabilities")
    p.add_argument("--balance", type=float, default=0.0, help="power of the weight of rare classes in the loss")
    p.add_argument("--scale", type=float, default=0.1, help="spread of the first rows")
    p.add_argument("--tanh", action="store_true")
    p.add_argument("--both", action="store_true", help="words of the vocabulary add their n-grams' mean")
    p.add_argument("--random-rows", action="store_true", help="do not start from the sentence encoder's vectors")
    p.add_argument("--without", nargs="*", default=[], help="sets to leave out")
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--name", default="")
    p.add_argument("--last", action="store_true", help="take the last epoch: no label is looked at but to measure")
    p.add_argument("--loud", action="store_true")
    return p


def main():
    args = parser().parse_args()
    torch.set_num_threads(args.threads)
    transfer, dev, official, vocabulary = gather(args)
    if not len(dev):
        if not args.last:
            raise SystemExit("no held-out rows to stop by: give --last")
        dev = official
    missing = sum(int((u >= len(vocabulary.words)).sum()) for u in official.units) / sum(map(len, official.units))
    print(f"{args.name} {len(transfer)} texts, {len(vocabulary.words)} words of {len(vocabulary.types)} types, "
          f"{100 * missing:.1f}% of the units of val without a row", flush=True)
    start = None
    if not args.random_rows:
        start = initial_rows(vocabulary, args.dim, args.model, args.cache, len(vocabulary.types))
        start *= args.scale / start.std()
    seeds = args.seed
    for seed in seeds:
        args.seed = seed
        torch.manual_seed(seed)
        model = Bag(len(vocabulary.words), args.buckets, args.dim, args.hidden, args.dropout, args.tanh, args.both)
        if start is not None:
            fit_grams(model, vocabulary, start.astype(np.float32))
            with torch.no_grad():
                if not args.both:
                    model.word[:, : args.dim] = torch.from_numpy(start[: len(vocabulary.words)])
        model, epoch = train(model, transfer, dev, vocabulary, args)
        figures = {
            "name": args.name, "seed": seed, "epoch": epoch,
            "held_out": measure(predict(model, dev, vocabulary), dev),
            "val": measure(predict(model, official, vocabulary), official),
        }
        for key in ("soft_loss", "teacher_agrees"):  # no teacher labelled val
            del figures["val"][key]
        print(json.dumps(figures), flush=True)
        if args.out:
            os.makedirs(args.out, exist_ok=True)
            torch.save(
                {"state": model.state_dict(), "words": vocabulary.words, "arguments": vars(args), "figures": figures},
                os.path.join(args.out, f"student{seed}.pt"),
            )


if __name__ == "__main__":
    main()
