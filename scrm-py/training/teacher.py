"""Fine-tunes a sentence encoder to tell negative, neutral and positive posts apart.

    python teacher.py --data DIR --model DIR --out DIR [--seed 1] [--epochs 1]

The loss adds the logarithm of each class's share to the logits, so that the logits themselves are those of
three equally frequent classes: the figure that is compared is the mean recall of the three.
"""

import argparse
import json
import math
import os
import random
import time

import torch
from torch import nn
from transformers import AutoModel, AutoTokenizer

from common import load, macro_recall, teacher_text

HELD_OUT = 3000


class Teacher(nn.Module):
    """The encoder, its mean over the words, and one linear layer."""

    def __init__(self, path):
        super().__init__()
        self.encoder = AutoModel.from_pretrained(path)
        self.drop = nn.Dropout(0.1)
        self.head = nn.Linear(self.encoder.config.hidden_size, 3)

    def forward(self, ids, mask):
        states = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        weight = mask.unsqueeze(-1).to(states.dtype)
        mean = (states * weight).sum(1) / weight.sum(1)
        return self.head(self.drop(mean))


def split_train(data):
    """Train and held-out rows, the same whatever the seed; what also stands in val is dropped."""
    seen = {teacher_text(row["text"]).lower() for row in load(data, "tweeteval_sentiment", "val")}
    rows = []
    for index, row in enumerate(load(data, "tweeteval_sentiment", "train")):
        key = teacher_text(row["text"]).lower()
        if key not in seen:
            seen.add(key)
            rows.append((index, row["text"], int(row["label"])))
    order = list(range(len(rows)))
    random.Random(20).shuffle(order)
    held = set(order[:HELD_OUT])
    return [rows[i] for i in range(len(rows)) if i not in held], [rows[i] for i in sorted(held)]


def capped(rows, cap, rng):
    """At most `cap` rows of each class, drawn anew by each seed: the rare class is kept whole."""
    rows = rng.sample(rows, len(rows))
    count, kept = [0, 0, 0], []
    for row in rows:
        count[row[2]] += 1
        if count[row[2]] <= cap:
            kept.append(row)
    return kept


def encode(tokenizer, texts, length):
    return tokenizer([teacher_text(t) for t in texts], truncation=True, max_length=length)["input_ids"]


def pad(batch):
    width = max(map(len, batch))
    ids = torch.zeros(len(batch), width, dtype=torch.long)
    mask = torch.zeros(len(batch), width, dtype=torch.long)
    for i, row in enumerate(batch):
        ids[i, : len(row)] = torch.tensor(row)
        mask[i, : len(row)] = 1
    return ids, mask


def batches_of_like_length(lengths, size, rng):
    """Shuffled batches of rows of nearly one length: little padding, still a different mix each time."""
    order = list(range(len(lengths)))
    rng.shuffle(order)
    out = []
    for start in range(0, len(order), size * 64):
        block = sorted(order[start : start + size * 64], key=lambda i: lengths[i])
        out += [block[i : i + size] for i in range(0, len(block), size)]
    rng.shuffle(out)
    return out


@torch.inference_mode()
def predict(model, ids, size=64, report=None):
    """The logits of each row, in the rows' own order."""
    model.eval()
    order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
    out = torch.zeros(len(ids), 3)
    for number, start in enumerate(range(0, len(order), size)):
        rows = order[start : start + size]
        out[rows] = model(*pad([ids[i] for i in rows])).float()
        if report and number % 100 == 0:
            report(start, len(order))
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--model", required=True, help="folder of all-MiniLM-L6-v2")
    parser.add_argument("--out", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--length", type=int, default=56)
    parser.add_argument("--cap", type=int, default=14500, help="rows of one class at most")
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--frozen", type=int, default=2, help="layers from the bottom left as they are")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--bf16", action="store_true")
    parser.add_argument("--steps", type=int, default=0, help="stop after so many steps (to time)")
    args = parser.parse_args()

    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    rng = random.Random(args.seed)
    train, held = split_train(args.data)
    train = capped(train, args.cap, rng)
    tokenizer = AutoTokenizer.from_pretrained(args.model)
    ids = encode(tokenizer, [text for _, text, _ in train], args.length)
    labels = torch.tensor([label for _, _, label in train])
    share = torch.bincount(labels, minlength=3).float() / len(labels)
    print(f"train {len(train)}, held out {len(held)}, shares {share.tolist()}, "
          f"mean length {sum(map(len, ids)) / len(ids):.1f}", flush=True)

    model = Teacher(args.model)
    for part in [model.encoder.embeddings, *model.encoder.encoder.layer[: args.frozen]]:
        for parameter in part.parameters():
            parameter.requires_grad_(False)
    trained = [p for p in model.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(trained, lr=args.rate, weight_decay=0.01)
    lengths = list(map(len, ids))
    total = args.epochs * math.ceil(len(ids) / args.batch)
    warm = max(1, int(0.06 * total))
    step, began, running = 0, time.time(), None
    for _ in range(args.epochs):
        model.train()
        for rows in batches_of_like_length(lengths, args.batch, rng):
            rate = args.rate * min((step + 1) / warm, (total - step) / (total - warm))
            for group in optimiser.param_groups:
                group["lr"] = rate
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=args.bf16):
                logits = model(*pad([ids[i] for i in rows]))
            loss = nn.functional.cross_entropy(logits.float() + share.log(), labels[rows], label_smoothing=0.03)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(trained, 1.0)
            optimiser.step()
            step += 1
            running = loss.item() if running is None else 0.98 * running + 0.02 * loss.item()
            if step % 50 == 0 or step == args.steps:
                print(f"step {step}/{total} loss {running:.4f} {(time.time() - began) / step:.3f} s/step", flush=True)
            if step == args.steps:
                return

    os.makedirs(args.out, exist_ok=True)
    torch.save(model.state_dict(), os.path.join(args.out, "teacher.pt"))
    figures = {"seed": args.seed, "epochs": args.epochs, "steps": step, "train": len(train)}
    val = load(args.data, "tweeteval_sentiment", "val")
    for name, texts, truth in (
        ("held_out", [t for _, t, _ in held], [y for _, _, y in held]),
        ("val", [row["text"] for row in val], [int(row["label"]) for row in val]),
    ):
        logits = predict(model, encode(tokenizer, texts, args.length))
        guess = logits.argmax(1).tolist()
        figures[name] = {
            "macro_recall": round(macro_recall(truth, guess), 4),
            "accuracy": round(sum(t == g for t, g in zip(truth, guess)) / len(truth), 4),
        }
    print(json.dumps(figures), flush=True)
    with open(os.path.join(args.out, "teacher.json"), "w") as handle:
        json.dump(figures, handle, indent=1)


if __name__ == "__main__":
    main()
