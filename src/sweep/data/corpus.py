"""A corpus, and a corpus with the final part of each row."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

PARTS = ("train", "validation", "test")


@dataclass(frozen=True, eq=False, kw_only=True)
class Origin:
    """Where the N rows of a corpus stand in its files, and what else stands there.

    Args:
        files: the files' names.
        file: N indices into `files`.
        lines: N lines, or rows of a Parquet file, from 1.
        dropped: lines of the rows that were left out, by reason and file.
        columns: gives the N values of each column that is neither text nor label nor part, by name; those that every
            file has.
    """

    files: tuple[str, ...]
    file: np.ndarray
    lines: np.ndarray
    dropped: Mapping[str, Mapping[str, Sequence[int]]]
    columns: Callable[[], dict[str, list[object]]]


@dataclass(frozen=True, eq=False, kw_only=True)
class Corpus:
    """Texts with their labels, in the order of the files; `N` is the number of rows.

    Args:
        name: what tables and the model card call it.
        texts: N texts as they were read, none of them empty.
        labels: N values 0 or 1, int8; 1 is the positive class.
        groups: N texts, or None where there are no groups; rows of one group stay in one
            part, and an empty text is no group.
        parts: N official parts (`train`, `validation`, `test`), or None without an official split.
        positive: the label value that became 1, as written.
        negative: the label value that became 0, as written.
        notes: what a reader should know about how the files were read, one sentence each.
        origin: where the rows come from; None for a corpus that was made.
    """

    name: str
    texts: list[str]
    labels: np.ndarray
    groups: np.ndarray | None = None
    parts: np.ndarray | None = None
    positive: str
    negative: str
    notes: tuple[str, ...] = ()
    origin: Origin | None = None

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over texts, labels, groups and parts, as hexadecimal digits."""
        digest = hashlib.sha256()
        _feed(digest, self.texts)
        digest.update(self.labels.astype(np.int8).tobytes())
        for column in (self.groups, self.parts):
            digest.update(b"-" if column is None else b"+")
            if column is not None:
                _feed(digest, column.tolist())
        return digest.hexdigest()


@dataclass(frozen=True, eq=False, kw_only=True)
class SplitCorpus:
    """A corpus of N rows with the part of each.

    Args:
        corpus: the rows.
        parts: N values `train`, `validation` or `test`; an empty text for a row that is left out.
        notes: what a reader should know about the split, one sentence each.
    """

    corpus: Corpus
    parts: np.ndarray
    notes: tuple[str, ...] = ()

    def part(self, name: str) -> tuple[list[str], np.ndarray]:
        """Take the rows of one part, in the corpus's order.

        Args:
            name: `train`, `validation` or `test`.

        Returns:
            The texts and, of the same length, the labels 0 or 1 (int8).

        Raises:
            KeyError: for another name.
        """
        if name not in PARTS:
            raise KeyError(name)
        rows = np.flatnonzero(self.parts == name)
        return [self.corpus.texts[row] for row in rows], self.corpus.labels[rows]

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over the corpus and the part of each row, as hexadecimal digits."""
        digest = hashlib.sha256(self.corpus.fingerprint.encode())
        _feed(digest, self.parts.tolist())
        return digest.hexdigest()


def _feed(digest: "hashlib._Hash", texts: Iterable[str]) -> None:
    # Lengths go in before the bytes: otherwise ["ab", "c"] and ["a", "bc"] would be the same.
    encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
    digest.update(np.array([len(encoded), *map(len, encoded)], dtype="<i8").tobytes())
    for piece in encoded:
        digest.update(piece)
