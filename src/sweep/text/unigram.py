"""Unigram pieces, trained so that the same words give the same pieces bit by bit.

The trainer of the `tokenizers` library sums its counts in the order of a randomly seeded hash table, so that two runs
on one corpus differ in their scores and, for some texts, in their ids; on 4,000 reviews it also takes ten times as
long. Only its model, which finds the best cut of a word, is used here.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from math import log

import numpy as np
from tokenizers import Tokenizer, models

SPACE = "\u2581"
"""Stands before the first piece of each word."""
_SHRINK = 0.75  # share of the pieces that a pruning leaves, as in the paper's implementation
_PASSES = 2  # estimates between two prunings
_NEVER = -1e9


def train_unigram(
    words: Mapping[str, int], seeds: Collection[str], size: int, min_frequency: int
) -> list[tuple[str, float]]:
    """Choose the pieces under which the words are likeliest, by hard expectation-maximisation.

    Cut every word its likeliest way; estimate each piece's probability from its count; drop the pieces whose loss
    costs least; repeat down to `size`. Characters are never dropped while there is room for them.

    Args:
        words: training words and their counts.
        seeds: candidate pieces, each character among them.
        size: most pieces.
        min_frequency: a piece of several characters that is used less often is dropped.

    Returns:
        Pieces with their natural log probabilities, the likeliest first, then alphabetically.

    References:
        Kudo, "Subword Regularization", ACL 2018 (the trainer and the loss of a piece).
    """
    units = [SPACE + word for word in sorted(words)]
    weights = np.array([words[unit[1:]] for unit in units], dtype=np.int64)
    total = sum(words.values())
    scores = {
        piece: -log(total) * len(piece) for piece in seeds
    }  # at first, the fewest pieces win
    for piece in seeds:
        scores[piece] = -1.0 - 0.01 * len(piece)
    while units:
        for _ in range(_PASSES):
            counts = _counts(scores, units, weights)
            scores = _estimate(counts)
        if len(scores) <= size:
            break
        scores = _prune(scores, counts, max(size, int(len(scores) * _SHRINK)))
    counts = _counts(scores, units, weights)
    kept = {p: c for p, c in counts.items() if len(p) == 1 or c >= min_frequency}
    return sorted(_estimate(kept).items(), key=lambda item: (-item[1], item[0]))
