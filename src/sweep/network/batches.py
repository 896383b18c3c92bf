"""Batches of texts, padded to their own longest one.

Shapes: B rows of the batch, T tokens of its longest text, N rows of the part.
"""

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from sweep.records import EncodedTexts

POOL = 100  # batches whose rows are sorted by length together; enough to save nearly all padding
JITTER = 0.05  # share by which a length is blurred, so that batches differ from epoch to epoch
# Tokens of padding a row of a full evaluation batch at which the batch ends; more costs more than a new one.
SLACK = 2
# Tokens, padding included, that go through the network at once on a CPU, where a cell does not say otherwise. In
# evaluation memory stays small, and more gain nothing. Measured by experiments/benchmark/passes.py.
AT_ONCE = 16384
UNKNOWN = 1  # token id of what the vocabulary lacks
SINGLES = (
    0.5  # share of tokens seen once that stand for the unknown one, where training would hold none
)
GROUP = 16  # batches handed to Lightning together; its own work is then a hundredth of a step


class Batch(NamedTuple):
    """One step's rows; the last two are there only where rows are mixed from two texts."""

    ids: Tensor
    """(B, T), int64, padded with 0."""
    lengths: Tensor
    """(B,), int64."""
    targets: Tensor
    """(B,), float32."""
    partner_ids: Tensor | None = None
    """(B, T), int64."""
    weights: Tensor | None = None
    """(B,), float32: share of the partner."""


def pad(ids: np.ndarray, starts: np.ndarray, lengths: np.ndarray, longest: int) -> Tensor:
    """Lay texts under each other.

    Args:
        ids: flat token ids of a part.
        starts: where each wanted text begins, (B,).
        lengths: its tokens, (B,).
        longest: T, at least the longest of them.

    Returns:
        Token ids, (B, T), int64, padded with 0.
    """
    steps = np.arange(longest)
    inside = steps < lengths[:, None]
    padded = np.zeros((len(starts), longest), dtype=np.int64)
    padded[inside] = ids[(starts[:, None] + steps)[inside]]
    return torch.from_numpy(padded)


class TrainingBatches:
    """A fresh order of the training rows each time it is iterated.

    Where the part holds no unknown token, as under `text.min_frequency=1`, its vector would never be trained, though
    prediction meets it: then each token that occurs once is shown as unknown in a random half of the epochs.

    Args:
        part: the encoded training part.
        rows: the rows to train on, (M,); a row may occur more than once.
        partners: the other parent of each row, (M,); equal to `rows` where nothing is mixed.
        weights: share of the other parent, (M,).
        batch_size: rows a step at most; an epoch is cut evenly into as many steps as that takes.
        bucketing: whether a batch holds texts of similar length.
        balanced: whether each batch holds as many positive as negative rows; of an odd number one
            class alternately has one more.
        seed: decides every epoch's order.

    References:
        Lample et al., "Neural architectures for named entity recognition", 2016 (tokens seen once as unknown).
    """

    def __init__(
        self,
        part: EncodedTexts,
        *,
        rows: np.ndarray,
        partners: np.ndarray,
        weights: np.ndarray,
        batch_size: int,
        bucketing: bool,
        balanced: bool,
        seed: int,
    ) -> None:
        self.ids = np.asarray(part.ids)
        self.starts = np.asarray(part.offsets[:-1])
        self.own_lengths = np.asarray(part.lengths)
        self.rows = rows
        self.partners = partners
        self.weights = weights.astype(np.float32)
        self.batch_size = batch_size
        self.bucketing = bucketing
        self.balanced = balanced
        self.targets = part.truth[rows].astype(np.float32)
        self.lengths = np.maximum(self.own_lengths[rows], self.own_lengths[partners])
        self.draw = np.random.default_rng(seed)
        counts = np.bincount(self.ids, minlength=UNKNOWN + 1)
        # A text that nothing is left of is one unknown token, which says nothing of words that are new.
        empty = self.ids[self.starts[self.own_lengths == 1]] == UNKNOWN
        self.once = None
        if counts[UNKNOWN] == empty.sum():
            self.once = np.flatnonzero((counts[self.ids] == 1) & (self.ids != UNKNOWN))
        self.shown = self.ids

    def __len__(self) -> int:
        """Steps an epoch."""
        return -(-len(self.rows) // self.batch_size)

    def used(self, size: int) -> np.ndarray:
        """Tell which token ids occur in the rows trained on.

        Args:
            size: number of token ids.

        Returns:
            (size,), boolean.
        """
        rows = np.zeros(len(self.own_lengths), dtype=bool)
        rows[self.rows] = True
        rows[self.partners] = True
        found = np.zeros(size, dtype=bool)
        found[self.ids[np.repeat(rows, self.own_lengths)]] = True
        found[UNKNOWN] |= self.once is not None and len(self.once) > 0
        return found

    def __iter__(self) -> Iterator[Batch]:
        """Go once through the part."""
        if self.once is not None:
            self.shown = self.ids.copy()
            self.shown[self.once[self.draw.random(len(self.once)) < SINGLES]] = UNKNOWN
        batches = self._halves() if self.balanced else self._cut(self._permuted(), self._even())
        for index in self.draw.permutation(len(batches)):
            yield self._batch(batches[index])

    def _permuted(self) -> np.ndarray:
        return self.draw.permutation(len(self.rows))

    def _even(self) -> np.ndarray:
        # A step is the mean of its rows: a few left-over rows, and under bucketing always the longest
        # texts, would weigh as much as a whole batch. So no two batches differ by more than a row.
        steps = len(self)
        fewer, more = divmod(len(self.rows), steps)
        return self.draw.permutation(fewer + (np.arange(steps) < more))

    def _cut(self, order: np.ndarray, sizes: np.ndarray) -> list[np.ndarray]:
        ends = np.cumsum(sizes)[:-1]
        if self.bucketing:
            blurred = self.lengths * (1 + JITTER * self.draw.random(len(self.lengths)))
            pools = np.split(order, ends[POOL - 1 :: POOL])
            order = np.concatenate([pool[np.argsort(blurred[pool])] for pool in pools])
        return np.split(order, ends)

    def _halves(self) -> list[np.ndarray]:
        # Each class gives half of every batch, of an odd one alternately a row more or less: half of
        # the rows trained on are positive. The smaller class comes round as often as needed.
        odd = (np.arange(len(self)) + self.draw.integers(2)) % 2 * (self.batch_size % 2)
        positives = self.draw.permutation(self.batch_size // 2 + odd)
        sides = []
        for target, sizes in ((1, positives), (0, self.batch_size - positives)):
            rows, wanted = np.flatnonzero(self.targets == target), int(sizes.sum())
            rounds = [self.draw.permutation(rows) for _ in range(wanted // len(rows) + 1)]
            sides.append(self._cut(np.concatenate(rounds)[:wanted], sizes))
        return [np.concatenate(pair) for pair in zip(*sides, strict=True)]

    def _batch(self, index: np.ndarray) -> Batch:
        lengths = self.lengths[index]
        longest = int(lengths.max())
        plain = Batch(
            self._padded(self.rows[index], longest),
            torch.from_numpy(lengths),
            torch.from_numpy(self.targets[index]),
        )
        weights = self.weights[index]
        if not weights.any():
            return plain
        partners = self._padded(self.partners[index], longest)
        return plain._replace(partner_ids=partners, weights=torch.from_numpy(weights))

    def _padded(self, rows: np.ndarray, longest: int) -> Tensor:
        return pad(self.shown, self.starts[rows], self.own_lengths[rows], longest)


class Groups:
    """Batches in groups, which Lightning takes one at a time.

    Args:
        batches: to be iterated anew each epoch.
        size: batches a group; the last one may be smaller.
    """

    def __init__(self, batches: TrainingBatches, size: int = GROUP) -> None:
        self.batches = batches
        self.size = size

    def __len__(self) -> int:
        """Groups an epoch."""
        return -(-len(self.batches) // self.size)

    def __iter__(self) -> Iterator[list[Batch]]:
        """Go once through the part."""
        batches = iter(self.batches)
        while group := list(islice(batches, self.size)):
            yield group


class EvaluationBatches:
    """A whole part for evaluation, shortest texts first; made once and iterated often.

    Args:
        part: the encoded texts; those without labels get targets of 0.
        batch_size: rows a batch at most; changes speed only.
        tokens: tokens a batch at most, padding included, unless a single text has more.
    """

    def __init__(self, part: EncodedTexts, batch_size: int, tokens: int | None = AT_ONCE) -> None:
        ids = np.asarray(part.ids)
        starts = np.asarray(part.offsets[:-1])
        lengths = part.lengths
        labels = np.zeros(len(part)) if part.labels is None else part.labels
        self.order = np.argsort(lengths, kind="stable")
        """The part's row behind each row of the batches in turn, (N,)."""
        self.batches: list[Batch] = []
        for rows in np.split(self.order, cuts(lengths[self.order], batch_size, tokens)):
            padded = pad(ids, starts[rows], lengths[rows], int(lengths[rows[-1]]))
            targets = torch.from_numpy(labels[rows].astype(np.float32))
            self.batches.append(Batch(padded, torch.from_numpy(lengths[rows]), targets))

    def __len__(self) -> int:
        """Batches."""
        return len(self.batches)

    def __iter__(self) -> Iterator[Batch]:
        """Go once through the part."""
        return iter(self.batches)

    def in_order(self, values: np.ndarray) -> np.ndarray:
        """Bring one value a row from the batches' order back to the part's.

        Args:
            values: (N,).

        Returns:
            (N,).
        """
        back = np.empty_like(values)
        back[self.order] = values
        return back


def cuts(lengths: np.ndarray, size: int, tokens: int | None) -> list[int]:
    """Cut sorted texts into batches of little padding.

    Args:
        lengths: tokens of each text, from the shortest, (N,).
        size: texts a batch at most.
        tokens: of a batch at most, padding included; None sets no limit.

    Returns:
        Where each batch but the first one starts.
    """
    found = []
    start = 0
    real = 0
    for row, length in enumerate(lengths.tolist()):
        padded = (row - start + 1) * length
        full = row - start == size or (tokens is not None and padded > tokens)
        if row > start and (full or padded - real - length > SLACK * size):
            found.append(row)
            start = row
            real = 0
        real += length
    return found
