"""The encoding of a long file: told by all of its bytes, though only a piece of it is in memory."""

from pathlib import Path

import pytest

from sweep.errors import DataError
from sweep.serving import lines
from sweep.serving.lines import Lines, find_encoding


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "HEAD", 64)


def encoding_of(file: Path, encoding: str | None = None) -> str:
    return find_encoding(file, file.name, file.read_bytes()[: lines.HEAD], encoding)[0]


PLAIN = "a plain line of words\n" * 50


@pytest.mark.parametrize(
    ("text", "written", "found"),
    [
        (PLAIN + "schöne Grüße\n", "utf-8", "utf-8"),
        (PLAIN + "schöne Grüße aus Köln\n" * 9, "cp1252", "cp1252"),
        (PLAIN + "😀\n", "utf-16-le", "utf-16-le"),
        ("ü" * 333, "utf-8", "utf-8"),
    ],
    ids=["utf-8", "cp1252 far in", "utf-16", "cut within a character"],
)
def test_the_end_of_the_file_counts_too(
    tmp_path: Path, text: str, written: str, found: str
) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(text.encode(written))
    assert encoding_of(file) == found
    assert "".join(Lines(file, found, "")()) == text


def test_a_wrong_byte_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(PLAIN.encode() + b"\xff\n" + PLAIN.encode())
    with pytest.raises(DataError, match=r"a\.csv, line 51: the bytes are no valid utf-8"):
        encoding_of(file, "utf-8")
    file.write_bytes(("ü" * 30 + "\n").encode() * 10 + b"\xff\n")
    with pytest.raises(DataError, match="not valid UTF-8, while 300 other characters"):
        encoding_of(file)


def test_a_mark_is_left_out_of_the_first_line_alone(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes("\ufeffa\n\ufeffb\n".encode())
    assert list(Lines(file, "utf-8", "")()) == ["a\n", "\ufeffb\n"]
