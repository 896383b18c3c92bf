"""Columns by name, by position and by their usual names."""

from typing import Any

import pytest

from sweep.data.columns import Columns, find_columns
from sweep.data.delimited import read_delimited
from sweep.errors import DataError


def find(first: str, *, header: bool = True, **wanted: int | str | None) -> Columns:
    table = read_delimited(
        f"{first}\n{first}\n", file="f.csv", header=header, delimiter=",", quoted=True
    )
    return find_columns(
        table, {"text": None, "label": None, "group": None, "split": None, **wanted}
    )


@pytest.mark.parametrize(
    ("first", "wanted", "expected"),
    [
        ("id,text,label", {}, (1, 2)),
        ("v1,v2,,,", {}, (1, 0)),
        ("Message,Class", {}, (0, 1)),
        ("review,sentence,spam,target", {}, (1, 3)),
        ("a,b", {"text": "b", "label": "a"}, (1, 0)),
        ("a,b", {"text": 1, "label": 0}, (1, 0)),
        ("a,b", {"text": "1", "label": "0"}, (1, 0)),
        ("text,text,label", {"text": 1}, (1, 2)),
        ("text,review,label", {"group": "text"}, (1, 2)),
    ],
)
def test_finds(first: str, wanted: dict[str, Any], expected: tuple[int, int]) -> None:
    found = find(first, **wanted)
    assert (found.text, found.label) == expected


def test_group_and_split() -> None:
    found = find("text,label,author,part", group="author", split=3)
    assert (found.group, found.split) == (2, 3)


@pytest.mark.parametrize(
    ("first", "wanted", "expected"),
    [
        ("text,label", {"text": "TEXT"}, ["data.text=TEXT", "Did you mean `text`", "`label`"]),
        (
            "text,label",
            {"text": "txt", "label": "lbel", "group": "g"},
            ["txt", "lbel", "data.group=g"],
        ),
        ("text,label", {"text": 2}, ["data.text=2", "from 0 to 1"]),
        ("text,label", {"label": -1}, ["data.label=-1", "from 0 to 1"]),
        ("a,b", {}, ["which column is the text", "which column is the label", "`a`, `b`"]),
        ("text,text,label", {"text": "text"}, ["several", "0 and 1"]),
        ("text,text,label", {}, ["which column is the text"]),
        ("text,label", {"text": 0, "label": "text"}, ["same column `text`"]),
        ("text;label", {}, ["only one column", "data.delimiter"]),
        ("good film,1", {}, ["looks like data", "data.header=false"]),
        ("", {}, ["empty"]),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_refuses(first: str, wanted: dict[str, Any], expected: list[str]) -> None:
    with pytest.raises(DataError) as error:
        find(first, **wanted)
    assert [word for word in expected if word not in str(error.value)] == []


@pytest.mark.parametrize("wanted", [{}, {"text": "text", "label": 0}])
def test_without_names_the_first_row_is_shown(wanted: dict[str, Any]) -> None:
    with pytest.raises(DataError, match=r"0 \(`ham`\), 1 \(`good film`\)"):
        find("ham,good film", header=False, **wanted)
