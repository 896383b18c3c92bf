"""NAME=VALUE words: read, or every mistake told at once."""

from dataclasses import dataclass

import pytest

from sweep.commands.words import read_words
from sweep.errors import UserError


@dataclass
class Kind:
    model: str
    port: str = "auto"
    format: str = "csv"


def read(*words: str) -> Kind:
    return read_words(
        words, Kind, example="python -m sweep serve model=m", choices={"format": ("csv", "tsv")},
        numbers={"port": (1, 9)},
    )  # fmt: skip


def test_words_become_settings() -> None:
    assert read("model=a=b", "port=9") == Kind("a=b", "9", "csv")
    assert read("model=m", "port=auto") == Kind("m")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), ["Missing: model=. For example: python -m sweep serve model=m"]),
        (("modle=a",), ["Did you mean `model`? `serve` takes model, port, format", "Missing"]),
        (("model=", "port=0"), ["`model=` needs a value", "from 1 to 9, but got '0'"]),
        (("model=a", "model=b", "port=٣"), ["given twice", "but got '٣'"]),
        (("model", "format=cvs"), ["`model` sets nothing", "Did you mean `csv`"]),
    ],
)
def test_mistakes_are_told_together(words: tuple[str, ...], told: list[str]) -> None:
    with pytest.raises(UserError) as refusal:
        read(*words)
    assert [part for part in told if part not in str(refusal.value)] == []
