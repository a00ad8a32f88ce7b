"""Lets a teacher write its probabilities for every text that the student is to learn from.

    python label.py --data DIR --model DIR --teacher DIR --out soft.tsv

The rows of `soft.tsv`: set, row of the set's train part counted from 0, the probability of negative, neutral and
positive, and the text. A row's number names a row of the set as it stands, so others can join on it.
"""

import argparse
import os
import random
import time

import torch
from transformers import AutoTokenizer

from common import load, read_tsv
from teacher import Teacher, encode, predict

SAMPLE_SEED = 7
CHUNK = 4096  # rows that are written at once
ASIDE = 4000  # rows of sentiment140 that no student reads, to measure by


def rows_aside(count):
    """The rows of sentiment140 to measure by."""
    return sorted(random.Random(SAMPLE_SEED).sample(range(count), ASIDE))


def pieces(entry):
    """About half of the words of each longer text, in one run: short texts are what customers write to an account."""
    name, rows = entry
    rng = random.Random(SAMPLE_SEED)
    out = []
    for number, text in rows:
        words = text.split()
        if len(words) >= 10:
            length = rng.randint(len(words) * 3 // 10, len(words) * 6 // 10)
            begin = rng.randint(0, len(words) - length)
            out.append((number, " ".join(words[begin : begin + length])))
    return name + "/piece", out


def some(entry, count):
    """At most `count` rows of a set."""
    name, rows = entry
    if len(rows) > count:
        rows = sorted(random.Random(SAMPLE_SEED).sample(rows, count))
    return name, rows


def rows_of(data):
    """A function that reads the numbered texts of a set."""

    def every(name, part="train", keep=lambda row: True):
        rows = load(data, name, part)
        return name, [(i, row["text"]) for i, row in enumerate(rows) if keep(row)]

    return every


def rows_of_free_sets(data):
    """The sets whose makers state CC BY, BSD or Apache for them."""
    every = rows_of(data)
    yield every("tweet_acts")
    yield every("ibm_care", "dev", lambda row: row["role"] == "client")
    yield every("sms_spam", keep=lambda row: row["label"] == "ham")
    yield some(every("banking77"), 5000)
    yield some(every("clinc150"), 4000)


def texts_to_label(data, distant, with_pieces):
    """(set, rows of (number, text)), in the order that the shipped file was made in."""
    every, free = rows_of(data), dict(rows_of_free_sets(data))
    yield every("tweeteval_sentiment")
    yield every("complaints")
    for name in ("tweet_acts", "ibm_care"):
        yield name, free[name]
    for name in ("emotion", "irony", "offensive", "hate"):
        yield every("tweeteval_" + name)
    for name in ("sms_spam", "banking77", "clinc150"):
        yield name, free[name]
    name, rows = every("sentiment140", "distant")
    aside = set(rows_aside(len(rows)))
    yield some((name, [row for row in rows if row[0] not in aside]), distant)
    if with_pieces:
        for name in ("complaints", "tweet_acts", "tweeteval_emotion", "tweeteval_offensive", "tweeteval_sentiment"):
            yield pieces(every(name))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--model", required=True, help="folder of all-MiniLM-L6-v2")
    parser.add_argument("--teacher", required=True, help="folder that teacher.py wrote")
    parser.add_argument("--out", required=True)
    parser.add_argument("--distant", type=int, default=45000, help="rows of sentiment140 to take")
    parser.add_argument("--pieces", action="store_true", help="label parts of texts too")
    parser.add_argument("--done", nargs="*", default=[], help="files of rows to pass over")
    parser.add_argument("--length", type=int, default=64)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()

    torch.set_num_threads(args.threads)
    tokenizer = AutoTokenizer.from_pretrained(args.model)
    model = Teacher(args.model)
    model.load_state_dict(torch.load(os.path.join(args.teacher, "teacher.pt"), weights_only=True))
    known = {(row["set"], int(row["row"])) for path in args.done for row in read_tsv(path)}
    began, done = time.time(), 0
    with open(args.out + ".part", "w", encoding="utf-8") as out:
        out.write("set\trow\tp0\tp1\tp2\ttext\n")
        for name, rows in texts_to_label(args.data, args.distant, args.pieces):
            rows = [row for row in rows if (name, row[0]) not in known]
            if not rows:
                continue
            for start in range(0, len(rows), CHUNK):
                block = rows[start : start + CHUNK]
                logits = predict(model, encode(tokenizer, [text for _, text in block], args.length))
                for (number, text), p in zip(block, logits.softmax(1).tolist()):
                    out.write(f"{name}\t{number}\t{p[0]:.5f}\t{p[1]:.5f}\t{p[2]:.5f}\t{text}\n")
                out.flush()
            done += len(rows)
            print(f"{name} {len(rows)}, {done} in all, {(time.time() - began) / done * 1000:.2f} ms each", flush=True)
    os.rename(args.out + ".part", args.out)


if __name__ == "__main__":
    main()
