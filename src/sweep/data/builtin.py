r"""The built-in corpus: synthetic messages to a shop, labelled by the order of their words.

No message was written by a person. The positive class is a complaint that needs an answer; four
relations decide it (`sweep.data.phrases`):

* sequence: "Your clerk promised the lamp and later your driver lost the lamp." is a complaint;
  "Your driver lost the lamp and later your clerk promised the lamp." is settled.
* negation: "I write not because the clerk was kind to me but because the driver was rude to me."
  is a complaint; with both clauses exchanged it is none.
* agent: "The seller from York cheated the guest from Bath." is a complaint; with seller and guest
  exchanged it is none.
* state: "At first the oven would start and today the oven would not start." is a complaint; with
  "not" in the first half it is settled.

Every positive message has a negative twin of the same words, and of the same pairs of neighbouring
words, in another order. The other negatives are such twins alone, or ordinary messages. A bag of
words, or of pairs of words, can therefore only learn which messages are ordinary.

Then some messages are made messy (broken encoding, markup, upper case, odd spaces, a web address),
some are repeated, and some labels are flipped. Mess and flips do not look at the label;
copies keep the share of positives.

The best achievable score: the order of the words decides the true label, so the best classifier
knows it, and is wrong exactly where the label was flipped. With p the share of true positives and
f the share of flipped labels, accuracy and precision are 1 - f; `ceiling` derives the rest. With
p = 0.14 and f = 0.02 that is accuracy 0.98, precision 0.98, recall 0.889, F1 0.932, MCC 0.922 and
average precision 0.907. These hold for many rows: over parts of 800 rows, the best classifier's
F1, MCC and average precision have a standard deviation of 0.02 to 0.03.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from random import Random

import numpy as np

from sweep.data import phrases
from sweep.data.corpus import Corpus
from sweep.errors import DataError

POSITIVE_SHARE = 0.14
"""Share of rows whose true label is positive; after flipping, 0.154 of the labels are."""
FLIPPED = 0.02
"""Share of rows whose label is flipped."""
ORDINARY = 0.25
"""Share of rows that are ordinary messages, told by their words alone."""
COPIED = 0.03
"""Share of rows that repeat another row."""
MESSY = 0.15
"""Share of messages that go through one kind of mess."""
FEWEST, MOST = 200, 50_000
"""Bounds of the number of rows."""

_Row = tuple[str, int]


def generate(seed: int = 0, rows: int = 4000) -> Corpus:
    """Make the built-in corpus.

    Args:
        seed: decides every row; the same seed gives the same corpus on every machine.
        rows: number of messages, copies included.

    Returns:
        The corpus, rows in random order.

    Raises:
        DataError: for a number of rows that the generator cannot make.
    """
    if not FEWEST <= rows <= MOST:
        raise DataError(
            f"The built-in corpus holds {FEWEST} to {MOST} rows, but {rows} were asked for; "
            "name a number between, or give a file of your own by `data.path`."
        )
    best = ceiling()["average_precision"]
    rng = Random(f"sweep built-in corpus {seed}")  # a text, because Random(-1) equals Random(1)
    copies = round(COPIED * rows)
    messages = [(_messy(rng, text), label) for text, label in _messages(rng, rows - copies)]
    messages += _copies(rng, messages, copies)
    rng.shuffle(messages)
    labels = np.array([label for _, label in messages], dtype=np.int8)
    flipped = rng.sample(range(rows), round(FLIPPED * rows))
    labels[flipped] = 1 - labels[flipped]
    return Corpus(
        name="builtin",
        texts=[text for text, _ in messages],
        labels=labels,
        positive="complaint",
        negative="other",
        notes=(
            f"Synthetic: {rows} messages generated from seed {seed}; no person wrote them.",
            f"The order of the words decides the label, and {FLIPPED:.0%} of the labels are "
            f"flipped: the best achievable average precision is {best:.3f}.",
        ),
    )


def ceiling(positive_share: float = POSITIVE_SHARE, flipped: float = FLIPPED) -> dict[str, float]:
    r"""Derive the best achievable scores, those of a classifier that knows every true label.

    Of all rows, p(1-f) are true positives labelled positive, pf true positives labelled negative,
    (1-p)f true negatives labelled positive; q = p(1-f) + (1-p)f have a positive label. Whoever
    knows the true label reaches precision 1-f, recall p(1-f)/q, and
    MCC (1-2f) sqrt(p(1-p) / (q(1-q))).

    For average precision the true positives rank first, in an order that tells nothing: precision
    is 1-f there. The true negatives follow, again in an order that tells nothing: once a share t
    of them is taken in, precision is (p(1-f) + t(1-p)f) / (p + t(1-p)), and its mean over t from 0
    to 1 is f + (1-2f) p ln(1/p) / (1-p). Each of the two counts with its share of the recall.

    Args:
        positive_share: p, the share of rows whose true label is positive, above 0 and below 1.
        flipped: f, the share of rows whose label is flipped, at least 0 and below one half.

    Returns:
        accuracy, precision, recall, f1, mcc and average_precision.

    Raises:
        ValueError: if a share lies outside its range.

    >>> best = ceiling(0.14, 0.02)
    >>> [round(best[name], 3) for name in ("f1", "mcc", "average_precision")]
    [0.932, 0.922, 0.907]
    """
    p, f = positive_share, flipped
    if not (0 < p < 1 and 0 <= f < 0.5):
        raise ValueError(
            "`0 < positive_share < 1` and `0 <= flipped < 0.5` must hold, "
            f"but got (positive_share={p:g}, flipped={f:g})."
        )
    q = p * (1 - f) + (1 - p) * f
    precision, recall = 1 - f, p * (1 - f) / q
    below = f + (1 - 2 * f) * p * math.log(1 / p) / (1 - p)
    return {
        "accuracy": 1 - f,
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / (precision + recall),
        "mcc": (1 - 2 * f) * math.sqrt(p * (1 - p) / (q * (1 - q))),
        "average_precision": recall * precision + (1 - recall) * below,
    }


def _messages(rng: Random, count: int) -> list[_Row]:
    positives, ordinary = round(POSITIVE_SHARE * count), round(ORDINARY * count)
    twins = _new(_twins(rng))
    found = [row for _ in range(positives) for row in zip(next(twins), (1, 0), strict=True)]
    found += [(next(twins)[1], 0) for _ in range(count - 2 * positives - ordinary)]
    plain = _new(_ordinary(rng))
    return found + [(next(plain)[0], 0) for _ in range(ordinary)]


def _new(drawn: Iterator[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    seen: set[str] = set()
    for texts in drawn:
        bare = {re.sub(r"\W+", " ", text.casefold()) for text in texts}
        if not bare & seen:
            seen |= bare
            yield texts


def _twins(rng: Random) -> Iterator[tuple[str, ...]]:
    relations = list(phrases.RELATIONS.values())
    while True:
        relation = rng.choice(relations)
        frame = rng.choice(relation.frames)
        words = _drawn(rng, relation.words)
        complaint, settled = relation.contents(rng)
        opener, closer = _around(rng)
        yield (
            _message(opener, frame.format(key=complaint, other=settled, **words), closer),
            _message(opener, frame.format(key=settled, other=complaint, **words), closer),
        )


def _ordinary(rng: Random) -> Iterator[tuple[str, ...]]:
    while True:
        sentence = rng.choice(phrases.ORDINARY).format(**_drawn(rng, phrases.ORDINARY_WORDS))
        opener, closer = _around(rng)
        yield (_message(opener, sentence, closer),)


def _drawn(rng: Random, words: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {place: rng.choice(choices) for place, choices in words.items()}


def _around(rng: Random) -> tuple[str, str]:
    opener = rng.choice(phrases.OPENERS) if rng.random() < 0.5 else ""
    closer = rng.choice(phrases.CLOSERS) if rng.random() < 0.5 else ""
    return opener, closer.format(number=rng.choice(phrases.NUMBERS))


def _message(opener: str, sentence: str, closer: str) -> str:
    sentence = sentence[0].upper() + sentence[1:]
    if sentence[-1] not in ".?":
        sentence += "."
    return " ".join(part for part in (opener, sentence, closer) if part)


def _messy(rng: Random, text: str) -> str:
    if rng.random() >= MESSY:
        return text
    kinds = {
        "broken encoding": text.replace("'", "â€™"),
        "tag": text.replace(". ", ".<br />"),
        "entity": text.replace(" and ", " &amp; "),
        "literal line end": text.replace(". ", ".\\n"),
        "address": f"{text} http://shop.example/help",
        "odd spaces": " " + text.replace(" ", "  ", 2).replace("the ", "the\u00a0") + " ",
        "upper case": text.upper(),
    }
    # Not every text has an apostrophe or a second sentence: only what changes this one is drawn.
    return rng.choice([changed for changed in kinds.values() if changed != text])


def _copies(rng: Random, messages: Sequence[_Row], count: int) -> list[_Row]:
    positives = round(POSITIVE_SHARE * count)
    copied = []
    for label, number in ((1, positives), (0, count - positives)):
        copied += rng.sample([row for row in messages if row[1] == label], number)
    # A third differ in case and spaces, and are equal only after normalisation.
    return [
        (text if i % 3 else f" {text.upper()}", label) for i, (text, label) in enumerate(copied)
    ]
