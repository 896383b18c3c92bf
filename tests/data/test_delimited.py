"""CSV and TSV, strictly."""

import csv
from typing import Any

import pytest

from sweep.data.delimited import read_delimited
from sweep.data.table import Table
from sweep.errors import DataError


def read(text: str, **settings: Any) -> Table:
    usual: dict[str, Any] = {"file": "f.csv", "header": True, "delimiter": None, "quoted": True}
    return read_delimited(text, **{**usual, **settings})


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_first_lines(mark: str) -> None:
    table = read(f'a{mark}"b,;;;;"\n1{mark}2\n')
    assert table.columns == ["a", "b,;;;;"]
    assert [table.column(0), table.column(1)] == [["1"], ["2"]]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_and_places(end: str) -> None:
    table = read(f'a,b{end}{end}1,"x{end}y"{end}  {end}2,z')
    assert table.column(1) == [f"x{end}y", "z"]
    assert list(table.lines) == [3, 6]
    assert "2 blank lines skipped" in table.notes[1]


def test_no_header_means_positions() -> None:
    table = read("ham,hi\nspam,win", header=False)
    assert table.columns == ["0", "1"]
    assert (table.named, table.first) == (False, ["ham", "hi"])
    assert table.column(0) == ["ham", "spam"]


def test_quote_marks_as_text() -> None:
    table = read('a\tb\n"x\ty"\n""\t"\n', delimiter="\t", quoted=False)
    assert table.column(0) == ['"x', '""']


def test_a_huge_field_is_read_and_the_limit_restored() -> None:
    limit = csv.field_size_limit()
    table = read('a,b\n1,"' + "x" * 10_000_000 + '"\n')
    assert len(str(table.column(1)[0])) == 10_000_000
    assert csv.field_size_limit() == limit


def test_an_empty_file_has_no_columns() -> None:
    assert read("").columns == []


@pytest.mark.parametrize(
    ("text", "settings", "expected"),
    [
        ("a,b\n1,2\n\n3\n4,5,6", {}, ["line 4", "1 field", "first line has 2", "2 rows", "`3`"]),
        ("a,b\n1,2,3", {}, ["line 2", "3 fields", "quote marks", "data.delimiter"]),
        ("a\tb\n1\t2\t3", {"quoted": False}, ["line 2", "data.quoting=minimal"]),
        ('a,b\n1,2\n3,"x\ny\nz', {}, ["begins on line 3", "data.quoting=none"]),
        ('a,b\n1,"x"y', {}, ["begins on line 2", "data.quoting=none"]),
        ("a,b", {"delimiter": "\n"}, ["data.delimiter"]),
        ("a,b", {"delimiter": '"'}, ["data.delimiter"]),
        ("a,b", {"delimiter": "::"}, ["data.delimiter"]),
    ],
    ids=["short", "long", "long unquoted", "open quote", "stray quote", "newline", "quote", "two"],
)
def test_refuses(text: str, settings: dict[str, Any], expected: list[str]) -> None:
    with pytest.raises(DataError) as error:
        read(text, **settings)
    assert [word for word in expected if word not in str(error.value)] == []
