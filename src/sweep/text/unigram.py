"""Unigram pieces, trained so that the same words give the same pieces bit by bit.

The trainer of the `tokenizers` library sums in the order of a randomly seeded hash table: two runs on the same 4,000
reviews gave scores up to 6e-4 apart, which may change ids. Only its model, which cuts a word the likeliest way, is
used here.
"""

from collections.abc import Collection, Mapping, Sequence
from itertools import chain
from math import inf, log

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer, models

SPACE = "\u2581"
"""Stands before the first piece of each word."""
_SHRINK = 0.75  # share of the pieces that a pruning leaves, as in the paper's implementation
_CHUNK = 4096  # words cut at once
_UNSEEN = -30.0
Counts = NDArray[np.int64]


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
    if not seeds or not words:
        return []
    units = [SPACE + word for word in sorted(words)]
    weights = np.array([words[unit[1:]] for unit in units], dtype=np.int64)
    scores = dict.fromkeys(sorted(seeds), -1.0)  # at first, the cut into the fewest pieces wins
    while True:
        counts = _counts(scores, units, weights)
        scores = _estimate(counts, least=1)
        if len(scores) <= size:
            break
        scores = _prune(scores, counts, max(size, int(len(scores) * _SHRINK)))
    scores = _estimate(_counts(scores, units, weights), min_frequency)
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))


def _counts(scores: Mapping[str, float], units: Sequence[str], weights: Counts) -> dict[str, int]:
    # How often each piece is used when every word is cut its likeliest way.
    pieces = list(scores)
    model = Tokenizer(models.Unigram([("", 0.0), *scores.items()], unk_id=0))
    counts = np.zeros(len(pieces) + 1, dtype=np.int64)
    for start in range(0, len(units), _CHUNK):
        cuts = [cut.ids for cut in model.encode_batch_fast(units[start : start + _CHUNK])]
        lengths = [len(cut) for cut in cuts]
        repeated = np.repeat(weights[start : start + _CHUNK], lengths)
        np.add.at(counts, np.fromiter(chain.from_iterable(cuts), np.int64, sum(lengths)), repeated)
    return dict(zip(pieces, counts[1:].tolist(), strict=True))


def _estimate(counts: Mapping[str, int], least: int) -> dict[str, float]:
    kept = {p: max(count, 1) for p, count in counts.items() if len(p) == 1 or count >= least}
    total = sum(kept.values())
    return {piece: log(count / total) for piece, count in kept.items()}


def _prune(scores: Mapping[str, float], counts: Mapping[str, int], size: int) -> dict[str, float]:
    # A piece is worth the likelihood that its uses would lose if they were cut in two.
    worth = {
        piece: counts[piece] * (score - _without(piece, scores)) if len(piece) > 1 else inf
        for piece, score in scores.items()
    }
    ranked = sorted(scores, key=lambda piece: (-worth[piece], piece))
    return {piece: scores[piece] for piece in ranked[:size]}


def _without(piece: str, scores: Mapping[str, float]) -> float:
    halves = (
        scores[piece[:i]] + scores[piece[i:]]
        for i in range(1, len(piece))
        if piece[:i] in scores and piece[i:] in scores
    )
    return max(halves, default=0.0) or sum(scores.get(c, _UNSEEN) for c in piece)
