"""Encodings named and detected."""

import pytest

from sweep.data.encodings import decode
from sweep.errors import DataError

FRENCH = "Très déçu du café, c'était à côté de la gare. Où est le garçon?"


@pytest.mark.parametrize(
    ("text", "written", "stated"),
    [
        ("plain", "ascii", "utf-8"),
        (FRENCH, "utf-8", "utf-8"),
        (FRENCH, "utf-8-sig", "utf-8-sig"),
        (FRENCH, "utf-16", "utf-16"),
        (FRENCH, "utf-32", "utf-32"),
        ("text,label\nabc,1\n", "utf-16-le", "utf-16-le"),
        ("text,label\nabc,1\n", "utf-16-be", "utf-16-be"),
        (FRENCH, "cp1252", "cp1252"),
        ("café", "cp1252", "cp1252"),
        ("It’s a “great” deal – £100 off…", "cp1252", "cp1252"),
        ("Zażółć gęślą jaźń, to był bardzo zły film", "cp1250", "cp1250"),
        ("这是一部非常糟糕的电影，我不向任何人推荐。", "gb18030", "gb18030"),
        ("", "utf-8", "utf-8"),
    ],
)
def test_detects(text: str, written: str, stated: str) -> None:
    got, note = decode(text.encode(written), encoding=None, file="f.csv")
    assert got == text
    assert note.split(" ")[0] == stated


def test_latin_1_is_the_last_resort() -> None:
    text, note = decode(b"caf\xe9 \x81 na\xefve \x8d", encoding=None, file="f.csv")
    assert text.startswith("café")
    assert "guess" in note


def test_a_named_encoding_is_taken_and_its_mark_dropped() -> None:
    assert decode(FRENCH.encode("utf-8-sig"), encoding="utf-8", file="f")[0] == FRENCH


@pytest.mark.parametrize(
    ("raw", "encoding", "expected"),
    [
        (b"ab\ncaf\xe9", "utf-8", ["f.csv", "line 2", "0xe9", "offset 6", "data.encoding"]),
        (b"ab", "utf-99", ["utf-99", "data.encoding"]),
        (b"ab", "base64", ["base64", "data.encoding"]),
        (b"ab", "utf\0", ["data.encoding"]),
        (b"\xff\xfea", None, ["utf-16", "data.encoding"]),
        ("é€ü".encode() + b"\n\xff", None, ["line 2", "0xff", "not valid UTF-8", "latin-1"]),
    ],
    ids=["wrong", "unknown", "no text encoding", "zero", "cut", "damaged utf-8"],
)
def test_refuses(raw: bytes, encoding: str | None, expected: list[str]) -> None:
    with pytest.raises(DataError) as error:
        decode(raw, encoding=encoding, file="f.csv")
    assert [word for word in expected if word not in str(error.value)] == []


def test_a_guess_on_long_plain_lines_takes_no_time() -> None:
    raw = b"x" * 2_000_000 + "£".encode("cp1252")
    assert decode(raw, encoding=None, file="f")[0].endswith("£")
