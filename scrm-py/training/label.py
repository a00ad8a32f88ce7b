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

from common import load
from teacher import Teacher, encode, predict

SAMPLE_SEED = 7
ASIDE = 4000  # rows of sentiment140 that no student reads, to measure by


def rows_aside(count):
    """The rows of sentiment140 to measure by."""
    return sorted(random.Random(SAMPLE_SEED).sample(range(count), ASIDE))


def texts_to_label(data, distant):
    """(set, part, rows of (number, text)), the sets that others wait for first."""

    def every(name, part="train", keep=lambda row: True):
        rows = load(data, name, part)
        return name, [(i, row["text"]) for i, row in enumerate(rows) if keep(row)]

    def some(entry, count):
        name, rows = entry
        if len(rows) > count:
            rows = sorted(random.Random(SAMPLE_SEED).sample(rows, count))
        return name, rows

    yield every("tweeteval_sentiment")
    yield every("complaints")
    yield every("tweet_acts")
    yield every("ibm_care", "dev", lambda row: row["role"] == "client")
    for name in ("emotion", "irony", "offensive", "hate"):
        yield every("tweeteval_" + name)
    yield every("sms_spam", keep=lambda row: row["label"] == "ham")
    yield some(every("banking77"), 5000)
    yield some(every("clinc150"), 4000)
    name, rows = every("sentiment140", "distant")
    aside = set(rows_aside(len(rows)))
    yield some((name, [row for row in rows if row[0] not in aside]), distant)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--model", required=True, help="folder of all-MiniLM-L6-v2")
    parser.add_argument("--teacher", required=True, help="folder that teacher.py wrote")
    parser.add_argument("--out", required=True)
    parser.add_argument("--distant", type=int, default=45000, help="rows of sentiment140 to take")
    parser.add_argument("--length", type=int, default=64)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()

    torch.set_num_threads(args.threads)
    tokenizer = AutoTokenizer.from_pretrained(args.model)
    model = Teacher(args.model)
    model.load_state_dict(torch.load(os.path.join(args.teacher, "teacher.pt"), weights_only=True))
    began, done = time.time(), 0
    with open(args.out + ".part", "w", encoding="utf-8") as out:
        out.write("set\trow\tp0\tp1\tp2\ttext\n")
        for name, rows in texts_to_label(args.data, args.distant):
            logits = predict(model, encode(tokenizer, [text for _, text in rows], args.length))
            for (number, text), p in zip(rows, logits.softmax(1).tolist()):
                out.write(f"{name}\t{number}\t{p[0]:.5f}\t{p[1]:.5f}\t{p[2]:.5f}\t{text}\n")
            out.flush()
            done += len(rows)
            print(f"{name} {len(rows)}, {done} in all, {(time.time() - began) / done * 1000:.2f} ms each", flush=True)
    os.rename(args.out + ".part", args.out)


if __name__ == "__main__":
    main()
