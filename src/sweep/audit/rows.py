"""The rows that are audited, and where each stands in its file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from sweep.data.corpus import SplitCorpus
from sweep.data.split import normalised

LISTED = 200
"""Rows that are listed for one measure; more are only counted."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Rows:
    """The N rows of a split corpus as the audit takes them; plain values, so that another process can be given them.

    Args:
        texts: N texts as they were read.
        labels: N values 0 or 1.
        parts: N values `train`, `validation`, `test`, or empty for a row that the split left out.
        official: N parts as the files say them, or None where the split is drawn.
        names: what the labels 0 and 1 are called.
        files: the files' names.
        file: N indices into `files`.
        lines: N lines of those files, from 1.
        dropped: how many rows were left out when the files were read, and their lines, by reason.
        columns: the N values of each other column, by name.
        grouped: whether rows of one group stay together.
    """

    texts: Sequence[str]
    labels: np.ndarray
    parts: np.ndarray
    official: np.ndarray | None
    names: tuple[str, str]
    files: tuple[str, ...]
    file: np.ndarray
    lines: np.ndarray
    dropped: dict[str, dict[str, Any]]
    columns: dict[str, list[object]]
    grouped: bool = False

    @classmethod
    def of(cls, split: SplitCorpus) -> "Rows":
        """Take the rows of a split corpus.

        Args:
            split: rows with their parts.

        Returns:
            The same rows; one that came from no file is known by its number, from 1.
        """
        corpus, origin = split.corpus, split.corpus.origin
        count = len(corpus.texts)
        left = {} if origin is None else origin.dropped
        return cls(
            texts=corpus.texts,
            labels=np.asarray(corpus.labels),
            parts=split.parts,
            official=corpus.parts,
            names=(corpus.negative, corpus.positive),
            files=(corpus.name,) if origin is None else origin.files,
            file=np.zeros(count, dtype=np.int64) if origin is None else origin.file,
            lines=np.arange(1, count + 1) if origin is None else origin.lines,
            dropped={
                why: {
                    "rows": sum(map(len, lines.values())),
                    "lines": {file: list(found[:LISTED]) for file, found in lines.items()},
                }
                for why, lines in left.items()
            },
            columns={} if origin is None else origin.columns(),
            grouped=corpus.groups is not None,
        )

    @cached_property
    def keys(self) -> np.ndarray:
        """N numbers, equal where two texts are equal after normalisation."""
        numbers: dict[str, int] = {}
        found = (numbers.setdefault(normalised(text), len(numbers)) for text in self.texts)
        return np.fromiter(found, np.int64, len(self.texts))

    @cached_property
    def learnable(self) -> np.ndarray:
        """Indices of the training and validation rows: what models of the audit are fitted on and ask about."""
        return np.flatnonzero(np.isin(self.parts, ("train", "validation")))

    def where(self, indices: Iterable[int], limit: int = LISTED) -> dict[str, list[int]]:
        """Say where rows stand.

        Args:
            indices: of the rows, in the order of their weight.
            limit: most that are told.

        Returns:
            The lines by file.
        """
        found: dict[str, list[int]] = {}
        for index in list(indices)[:limit]:
            found.setdefault(self.files[self.file[index]], []).append(int(self.lines[index]))
        return found


def printable(word: str) -> str:
    r"""Make a word, or a column's name, one that a terminal can show: what it cannot stands as U+FFFD.

    Args:
        word: as it stands in a file.

    >>> printable("a\x1bb") == "a\ufffdb"
    True
    """
    return "".join(c if c.isprintable() else "\ufffd" for c in word)


def sampled(indices: np.ndarray, labels: np.ndarray, most: int, seed: int) -> np.ndarray:
    """Take a sample that keeps the classes' shares.

    Args:
        indices: of rows.
        labels: 0 or 1 of every row.
        most: rows at most.
        seed: decides which.

    Returns:
        All indices where they are few enough; rising.
    """
    if len(indices) <= most:
        return indices
    rng = np.random.default_rng(seed)
    share = most / len(indices)
    taken = [
        rng.choice(of, max(1, round(share * len(of))), replace=False)
        for value in (0, 1)
        if len(of := indices[labels[indices] == value])
    ]
    return np.sort(np.concatenate(taken))
