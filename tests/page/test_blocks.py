"""What a section is made of: texts that hide nothing, cells, anchors."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.made_records import HOSTILE
from sweep.page.blocks import Column, Link, Table, anchor_of, escaped, shown


@given(st.text())
def test_no_sign_that_hides_or_turns_is_left(text: str) -> None:
    left = {unicodedata.category(sign) for sign in shown(text) if sign not in "\u200c\u200d"}
    assert not left & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("café 日本 😀", "café 日本 😀"),
        ("a\u202eb", "a⟨U+202E⟩b"),
        ("one\ntwo\r\n", "one two  "),
        ("\x00", "⟨U+0000⟩"),
        ("👨\u200d👩", "👨\u200d👩"),
    ],
)
def test_what_is_shown(text: str, seen: str) -> None:
    assert shown(text) == seen


def test_a_long_text_is_cut() -> None:
    assert shown("abcdef", 4) == "abc…"
    assert shown("abcd", 4) == "abcd"


@pytest.mark.parametrize("text", HOSTILE)
def test_a_picture_gets_no_tag(text: str) -> None:
    assert not set("<>") & set(escaped(text))


def test_cells() -> None:
    table = Table(caption="", columns=(), rows=())
    cells = [
        (0.123456, ".2f"),
        (7, "d"),
        (None, ".2f"),
        (True, ""),
        (0.5, ""),
        (Link("a-1", "x"), ""),
    ]
    told = [table.text(Column("", form), cell) for cell, form in cells]
    assert told == ["0.12", "7", "", "True", "0.5", "a-1"]


def test_an_anchor_is_one_word_and_every_trial_has_its_own() -> None:
    names = ["lstm-1", "lstm_1", "a b-1", 'x"-1', "é-1", "lstm-11"]
    anchors = [anchor_of(name) for name in names]
    assert len(set(anchors)) == len(names)
    assert all(anchor.replace("-", "").replace("_", "").isalnum() for anchor in anchors)
