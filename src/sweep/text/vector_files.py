"""Files of ready-made word vectors: the forms of GloVe, word2vec and fastText, and arrays with a word list beside."""

import gzip
import zlib
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import IO, cast

import numpy as np
from numpy.typing import NDArray

from sweep.errors import UserError

Vectors = NDArray[np.float32]
NPY = ".npy"
WORDS = (".parquet", ".txt")
"""What a word list beside an array may end in."""
_PROBE = 4096  # bytes that tell text from binary
_CHUNK = 1 << 20
_LONGEST_WORD = 1 << 16  # bytes; more without a space is no word
_REMEDY = (
    "Give vectors in the text form of GloVe, word2vec or fastText (.txt, .vec), perhaps gzipped, in word2vec's binary "
    "form (.bin), or as an array (.npy) with its words in a .txt or .parquet file of the same name."
)


def word_list(path: Path) -> Path | None:
    """Find the words of an array.

    Args:
        path: of the vectors.

    Returns:
        The file beside an array that holds its words, one a row; None where `path` is no array.

    Raises:
        UserError: an array stands there without one.
    """
    if path.suffix != NPY:
        return None
    for suffix in WORDS:
        if (found := path.with_suffix(suffix)).is_file():
            return found
    raise UserError(
        f"model.vectors={path} is an array, and its words must stand beside it in "
        f"{path.with_suffix('.txt').name} (one a line) or {path.with_suffix('.parquet').name}, but neither is there."
    )


def read_vectors(
    path: Path, wanted: Collection[str], words: Path | None = None
) -> tuple[dict[str, Vectors], int]:
    """Read the vectors of some words, keeping nothing else of the file. Where a word occurs twice, the first counts.

    Args:
        path: the file; what it holds is seen from its first bytes.
        wanted: the words.
        words: the word list of an array.

    Returns:
        The vectors found, (E,) each, and E.

    Raises:
        UserError: the file is missing, damaged or in no known form; the text says at which line or number.

    References:
        Pennington et al., "GloVe", EMNLP 2014; Mikolov et al., "Efficient Estimation of Word Representations", 2013;
        Bojanowski et al., "Enriching Word Vectors with Subword Information", TACL 2017.
    """
    try:
        with path.open("rb") as raw:
            magic = raw.read(4)
        if magic == b"PK\x03\x04":
            raise UserError(f"model.vectors={path} is a zip archive; unpack it. {_REMEDY}")
        if magic == b"\x93NUM" or path.suffix == NPY:
            words = words or word_list(path)
            assert words is not None, "an array has one, or is refused"
            return _from_array(path, words, sorted(wanted))
        with gzip.open(path) if magic[:2] == b"\x1f\x8b" else path.open("rb") as file:
            return _from_stream(cast(IO[bytes], file), path, wanted)
    except (OSError, EOFError, zlib.error) as error:
        raise UserError(f"model.vectors={path} cannot be read ({error}). {_REMEDY}") from error


def _from_stream(
    file: IO[bytes], path: Path, wanted: Collection[str]
) -> tuple[dict[str, Vectors], int]:
    first = file.readline(_PROBE)
    if first.startswith(b"\xba\x16\x4f\x2f"):
        raise UserError(
            f"model.vectors={path} is a model of fastText; give the .vec file that is published beside it."
        )
    if b"\0" in first:
        raise UserError(f"model.vectors={path} is a binary file of no known form. {_REMEDY}")
    file.seek(0)
    header = first.split()
    told = None
    if len(header) == 2 and all(field.isdigit() for field in header):
        told = int(header[0]), int(header[1])
        file.readline()
        if any(byte < 32 and byte not in b"\t\r\n" for byte in file.read(_PROBE)):
            file.seek(len(first))
            return _from_binary(file, path, wanted, *told)
        file.seek(0)
    kept: dict[str, Vectors] = {}
    size = told[1] if told else 0
    for line, word, values in _rows(file, path, told):
        size = len(values)
        if word in wanted and word not in kept:
            kept[word] = _vector(values, path, line)
    return kept, size


def _rows(
    file: IO[bytes], path: Path, told: tuple[int, int] | None
) -> Iterator[tuple[int, str, list[str]]]:
    # Line number, word and the texts of its numbers; every line has as many as the first.
    size, rows = (told[1], 0) if told else (0, 0)
    for line, content in enumerate(file, start=1):
        # GloVe's 840B file has words in broken UTF-8; they match no token.
        text = content.decode("utf-8", "replace").strip("\r\n ")
        if not text or (line == 1 and told):
            continue
        fields = text.split(" ")
        size = size or len(fields) - 1
        # GloVe has words with spaces in them (`. . .`); a number too many is no such word.
        extra = len(fields) - 1 - size
        if size < 1 or extra < 0 or (extra > 0 and _is_fraction(fields[extra])):
            raise UserError(
                f"model.vectors={path}, line {line}: every line must hold a word and {max(size, 1)} numbers, but "
                f"this one has {len(fields) - 1} fields after its first. The file is cut short, or holds no vectors."
            )
        rows += 1
        yield line, " ".join(fields[: extra + 1]), fields[extra + 1 :]
    if told and rows != told[0]:
        raise UserError(
            f"model.vectors={path} must hold as many words as its first line says, {told[0]}, but holds {rows}. "
            "It is cut short: get it again, or write the right number there where you left words out."
        )


def _from_binary(
    file: IO[bytes], path: Path, wanted: Collection[str], count: int, size: int
) -> tuple[dict[str, Vectors], int]:
    kept: dict[str, Vectors] = {}
    buffer, at, width = b"", 0, 4 * size
    for row in range(1, count + 1):
        while (space := buffer.find(b" ", at)) < 0 or len(buffer) <= space + width:
            more = file.read(_CHUNK)
            lost = space < 0 and len(buffer) - at > _LONGEST_WORD
            if not more or lost:
                raise UserError(
                    f"model.vectors={path}, word {row} of the {count} that it tells of: "
                    f"{'no word stands there' if lost else 'the file ends there'}. It is damaged; get it again."
                )
            buffer, at = buffer[at:] + more, 0
        word = buffer[at:space].lstrip(b"\n").decode("utf-8", "replace")
        at = space + 1 + width
        if word in wanted and word not in kept:
            vector = np.frombuffer(buffer, "<f4", size, space + 1).astype(np.float32)
            kept[word] = _finite(vector, path, f"word {row}")
    if buffer[at:].strip() or file.read(1):
        raise UserError(
            f"model.vectors={path} holds more than the {count} words of {size} numbers that it tells of. "
            "It is damaged; get it again."
        )
    return kept, size


def _from_array(path: Path, words: Path, wanted: Sequence[str]) -> tuple[dict[str, Vectors], int]:
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except ValueError as error:
        raise UserError(
            f"model.vectors={path} is no whole array ({error}). It is cut short or damaged; get it again."
        ) from error
    if array.ndim != 2 or array.dtype.kind != "f":
        raise UserError(
            f"model.vectors={path} must hold numbers of shape (words, size), but holds {array.dtype} of shape "
            f"{array.shape}."
        )
    places, count = _places(words, wanted)
    if count != len(array):
        raise UserError(
            f"model.vectors={path} must hold a row for each word of {words.name}, but has {len(array)} rows for "
            f"{count} words. One of the two is cut short, or they do not belong together."
        )
    return {
        word: _finite(np.asarray(array[row], np.float32), path, f"row {row}")
        for word, row in places.items()
    }, int(array.shape[1])


def _places(words: Path, wanted: Sequence[str]) -> tuple[dict[str, int], int]:
    # The row of each wanted word, and how many words there are; a list of Python's own would take a second.
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    try:
        if words.suffix == ".parquet":
            column = pq.read_table(words).column(0).cast(pa.large_string()).combine_chunks()
        else:
            lines = words.read_bytes().decode().removesuffix("\n").split("\n")
            column = pa.array([line.rstrip("\r") for line in lines], pa.large_string())
    except (pa.ArrowException, UnicodeDecodeError) as error:
        raise UserError(f"{words} is no list of words ({error}). {_REMEDY}") from error
    rows = pc.index_in(pa.array(wanted, pa.large_string()), value_set=column).to_pylist()
    places = {word: row for word, row in zip(wanted, rows, strict=True) if row is not None}
    return places, len(column)


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
    return _finite(vector, path, f"line {line}")


def _finite(vector: Vectors, path: Path, where: str) -> Vectors:
    if not np.isfinite(vector).all():
        raise UserError(
            f"model.vectors={path}, {where}: a value is not finite. The file is damaged there; get it again."
        )
    return vector
