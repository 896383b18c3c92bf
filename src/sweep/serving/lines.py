"""The lines of a text file as a stream: unpacked, in the encoding that all of its bytes are valid in."""

import codecs
import gzip
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sweep.data.encodings import decode, stated
from sweep.data.read import GZIP
from sweep.errors import DataError

HEAD = 1 << 20  # bytes that delimiter and form are told from
SAMPLE = 1 << 20  # bytes of lines beyond ASCII that an encoding is guessed from


@contextmanager
def unpacked(place: Path) -> Iterator[BinaryIO]:
    """Open a file, unpacked where gzip has packed it.

    Args:
        place: the file.

    Yields:
        Its bytes.
    """
    with place.open("rb") as raw:
        packed = raw.read(len(GZIP)) == GZIP
        raw.seek(0)
        if packed:
            with gzip.open(raw) as stream:
                yield stream  # type: ignore[misc]  # a reader, whatever its base class
        else:
            yield raw


def find_encoding(place: Path, file: str, head: bytes, encoding: str | None) -> tuple[str, str]:
    """Find the encoding that all of a file's bytes are valid in.

    Args:
        place: the file.
        file: its name, for messages.
        head: its first bytes, at most `HEAD`.
        encoding: as it was set, or None to detect it as `sweep.data.encodings.decode` does, from a sample
            of the lines beyond ASCII.

    Returns:
        Its name, and the name with how it was found.

    Raises:
        DataError: the bytes are not valid in the one that is stated, or are damaged UTF-8.
    """
    known = stated(head[: len(head) // 2 * 2] if len(head) == HEAD else head, encoding)
    name, found = known or ("utf-8", "utf-8")
    line = _undecodable(place, name)
    if line is None:
        return name, found
    if known is not None:
        raise DataError(
            f"{file}, line {line}: the bytes are no valid {name}. Set encoding to the one that the file was "
            "written in, or write the file again."
        )
    found = decode(_beyond_ascii(place), encoding=None, file=file)[1]
    name = found.split()[0]
    if _undecodable(place, name) is not None:
        name, found = "latin-1", "latin-1 (a guess, as the file is not UTF-8)"
    return name, found


def _undecodable(place: Path, name: str) -> int | None:
    """The line whose bytes are no text in an encoding, or None where all of them are."""
    try:
        decoder = codecs.getincrementaldecoder(name)()
    except LookupError as error:
        raise DataError(
            f"encoding={name} cannot be read in pieces. Write the file as utf-8."
        ) from error
    line = 1
    with unpacked(place) as stream:
        while True:
            block = stream.read(HEAD)
            try:
                decoder.decode(block, not block)
            except UnicodeDecodeError as error:
                return line + bytes(error.object[: error.start]).count(b"\n")
            if not block:
                return None
            line += block.count(b"\n")


def _beyond_ascii(place: Path) -> bytes:
    sample = bytearray()
    with unpacked(place) as stream:
        while len(sample) < SAMPLE and (line := stream.readline(SAMPLE)):
            if not line.isascii():
                sample += line
    return bytes(sample)


@dataclass(frozen=True)
class Lines:
    """A text file's lines, as often as they are wanted."""

    place: Path
    encoding: str
    newline: str

    def __call__(self) -> Iterator[str]:
        """Read them from the first, with their ends; a byte-order mark is left out."""
        with unpacked(self.place) as stream:
            text = io.TextIOWrapper(stream, encoding=self.encoding, newline=self.newline)
            for number, line in enumerate(text):
                yield line if number else line.removeprefix("\ufeff")
