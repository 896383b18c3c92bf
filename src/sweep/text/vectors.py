"""Ready-made word vectors: GloVe's and word2vec's text forms."""

import gzip
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sweep.errors import UserError

Vectors = NDArray[np.float32]


def read_vectors(path: Path, tokens: Sequence[str], *, seed: int = 0) -> tuple[Vectors, int]:
    """Read the vectors of a vocabulary's tokens, keeping nothing else of the file.

    A token that the file lacks takes the vector of its lower-case form, or else is drawn from a normal distribution
    around 0 with the standard deviation of the vectors found. Where a word occurs twice, its first line counts.

    Args:
        path: text file, perhaps with .gz: a word and its numbers a line; a first line of two numbers is a header.
        tokens: every token by id; the first is padding.
        seed: decides the vectors that are drawn.

    Returns:
        The vectors, (V, E) float32 with row 0 zero, and the number of tokens found.

    Raises:
        UserError: the file is missing, no such text, ragged, or holds no token of the vocabulary.

    References:
        Pennington et al., "GloVe", EMNLP 2014; Mikolov et al., "Efficient Estimation of Word Representations", 2013.
    """
    exact = {token: number for number, token in enumerate(tokens) if number > 0}
    wanted = exact.keys() | {token.lower() for token in exact}
    kept: dict[str, Vectors] = {}
    size = 0
    for line, word, values in _rows(path):
        size = len(values)
        if word in wanted and word not in kept:
            kept[word] = _vector(values, path, line)
    found = {n: kept.get(t, kept.get(t.lower())) for t, n in exact.items()}
    rows = {number: vector for number, vector in found.items() if vector is not None}
    if not rows:
        raise UserError(
            f"model.vectors={path} holds none of the {len(tokens)} tokens of the vocabulary. Give vectors of the "
            "texts' language, with text.level=word."
        )
    spread = float(np.std(np.stack(list(rows.values()))))
    vectors = np.random.default_rng(seed).normal(0.0, spread, (len(tokens), size))
    vectors[list(rows)] = np.stack(list(rows.values()))
    vectors[0] = 0.0
    return vectors.astype(np.float32), len(rows)


def _rows(path: Path) -> Iterator[tuple[int, str, list[str]]]:
    # Line number, word and the texts of its numbers; every line has as many as the first.
    size = 0
    for line, fields in _lines(path):
        if line == 1 and len(fields) == 2 and all(field.isdecimal() for field in fields):
            size = int(fields[1])
            continue
        size = size or len(fields) - 1
        # GloVe has words with spaces in them (`. . .`); a number too many is no such word.
        extra = len(fields) - 1 - size
        if size < 1 or extra < 0 or (extra > 0 and _is_fraction(fields[extra])):
            raise UserError(
                f"model.vectors={path}, line {line}: every line must hold a word and {max(size, 1)} numbers, but "
                f"this one has {len(fields) - 1} fields after its first. The file is cut short, or holds no vectors."
            )
        yield line, " ".join(fields[: extra + 1]), fields[extra + 1 :]


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    remedy = "Give the text form of GloVe or word2vec vectors (.txt or .txt.gz), unpacked from any .zip."
    try:
        with path.open("rb") as raw:
            zipped = raw.read(2) == b"\x1f\x8b"
        opened = gzip.open(path, "rb") if zipped else path.open("rb")
        with opened as file:
            for line, content in enumerate(file, start=1):
                if line == 1 and b"\0" in content:
                    raise UserError(f"model.vectors={path} is a binary file. {remedy}")
                # GloVe's 840B file has words in broken UTF-8; they match no token.
                if text := content.decode("utf-8", "replace").strip("\r\n "):
                    yield line, text.split(" ")
    except (OSError, EOFError) as error:
        raise UserError(f"model.vectors={path} cannot be read ({error}). {remedy}") from error


def _is_fraction(field: str) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return "." in field


def _vector(values: list[str], path: Path, line: int) -> Vectors:
    try:
        vector = np.array(values, dtype=np.float32)
    except ValueError as error:
        raise UserError(
            f"model.vectors={path}, line {line}: every field after the word must be a number ({error}). "
            "The file holds no vectors, or is damaged there."
        ) from error
    if not np.isfinite(vector).all():
        raise UserError(
            f"model.vectors={path}, line {line}: a value is not finite. The file is damaged there; get it again."
        )
    return vector
