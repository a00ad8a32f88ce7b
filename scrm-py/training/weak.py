"""Weak labels for the sets with free licences alone, none of which has labels of sentiment.

    python weak.py --data DIR --model DIR --out soft.tsv

A teacher is fine-tuned on tweets without a licence for their text, so a build from free sets has none. Here the
sentence encoder as it is published compares each text with the sentences below; a text is as positive as it is near
to the positive ones, each class's nearness being measured from its mean over the texts. That is a much weaker
teacher, and the encoder learnt from it is for those who may not use the other one.
"""

import argparse
import json

import numpy as np
import torch
from torch import nn
from transformers import AutoModel, AutoTokenizer

from common import load, macro_recall
from label import rows_of_free_sets
from teacher import encode, pad

SENTENCES = {
    "negative": (
        "I hate this, it is terrible", "this is the worst service ever", "I am so angry and disappointed",
        "this is awful and it sucks", "I am sad and upset", "it is broken and nobody helps me",
        "what a horrible day", "this is ridiculous and unacceptable", "I am worried and frustrated :(",
        "they are liars and crooks, shame on them", "he lost badly, what a disaster", "so boring, I am sick of it",
    ),
    "neutral": (
        "the meeting is on Tuesday at noon", "how do I change my address?", "the company announced its results",
        "I am going to the shop tomorrow", "they will play in Boston on Friday", "what time does it open?",
        "a report about the election", "read more here", "please send me the number", "who is the actor in it?",
        "he said it on the news last night", "I watched it on Sunday with my brother",
    ),
    "positive": (
        "I love this, it is great", "thank you so much, you were very helpful", "this is the best day ever",
        "I am so happy and excited", "what a wonderful and beautiful thing", "awesome, well done :)",
        "can't wait to see you, it will be amazing", "congratulations, I am proud of you", "so good, I enjoyed it",
        "great service, highly recommended", "we won, what a fantastic game", "have a lovely weekend",
    ),
}
SHARPNESS = 1.5


@torch.inference_mode()
def vectors(model, tokenizer, texts, size=64):
    ids = encode(tokenizer, texts, 64)
    order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
    out = torch.zeros(len(ids), model.config.hidden_size)
    for start in range(0, len(order), size):
        rows = order[start : start + size]
        word, mask = pad([ids[i] for i in rows])
        states = model(input_ids=word, attention_mask=mask).last_hidden_state
        weight = mask.unsqueeze(-1).float()
        out[rows] = nn.functional.normalize((states * weight).sum(1) / weight.sum(1), dim=1)
    return out.numpy()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True)
    parser.add_argument("--model", required=True, help="folder of all-MiniLM-L6-v2")
    parser.add_argument("--out", required=True)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()

    torch.set_num_threads(args.threads)
    tokenizer = AutoTokenizer.from_pretrained(args.model)
    model = AutoModel.from_pretrained(args.model).eval()
    poles = [vectors(model, tokenizer, SENTENCES[name]) for name in ("negative", "neutral", "positive")]

    def nearness(texts):
        rows = vectors(model, tokenizer, texts)
        return np.stack([np.sort(rows @ pole.T, axis=1)[:, -3:].mean(1) for pole in poles], axis=1)

    rows = [(name, number, text) for name, block in rows_of_free_sets(args.data) for number, text in block]
    near = nearness([text for _, _, text in rows])
    mean, spread = near.mean(0), near.std(0)

    def probabilities(values):
        power = np.exp(SHARPNESS * (values - mean) / spread)
        return power / power.sum(1, keepdims=True)

    with open(args.out, "w", encoding="utf-8") as out:
        out.write("set\trow\tp0\tp1\tp2\ttext\n")
        for (name, number, text), p in zip(rows, probabilities(near)):
            out.write(f"{name}\t{number}\t{p[0]:.5f}\t{p[1]:.5f}\t{p[2]:.5f}\t{text}\n")
    val = load(args.data, "tweeteval_sentiment", "val")
    guess = probabilities(nearness([row["text"] for row in val])).argmax(1)
    truth = [int(row["label"]) for row in val]
    print(json.dumps({
        "texts": len(rows),
        "weak_teacher_val": {"macro_recall": round(100 * macro_recall(truth, guess.tolist()), 2),
                             "accuracy": round(100 * float(np.mean(guess == np.array(truth))), 2)},
    }))


if __name__ == "__main__":
    main()
