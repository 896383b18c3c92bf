"""Which rows are kept, and what is said about the others."""

import pytest

from sweep.data.columns import Columns
from sweep.data.rows import Rows, gather
from sweep.data.table import Table
from sweep.errors import DataError

COLUMNS = Columns(text=0, label=1)


def table(*columns: list[object]) -> Table:
    return Table(
        file="f.csv",
        columns=["text", "label", "third"][: len(columns)],
        named=True,
        column=lambda index: columns[index],
        lines=range(2, 2 + len(columns[0])),
        unit="line",
        first=[],
    )


def one(*columns: list[object], **more: int) -> Rows:
    return gather([("", table(*columns), Columns(text=0, label=1, **more))])


@pytest.mark.parametrize(
    "text", [None, float("nan"), "", " \t\n", "\u200b\ufeff", "\0\0"], ids=repr
)
def test_a_row_without_text_is_left_out(text: object) -> None:
    rows = one(["hi", text, "👋"], ["a", "a", "b"])
    assert rows.texts == ["hi", "👋"]
    assert rows.where(1) == "f.csv, line 4"
    assert rows.notes == ["f.csv: 1 row with no text left out (line 3)."]


def test_rows_without_label_are_left_out() -> None:
    rows = one(["t"] * 6, [None, "", "nan", " ", "a", float("nan")])
    assert rows.keys == ["a"]
    assert rows.notes == ["f.csv: 5 rows with no label left out (lines 2, 3, 4, …)."]


def test_lone_surrogates_are_replaced() -> None:
    rows = one(["a\ud800", "b"], ["\udfffx", "y"])
    assert (rows.texts, rows.keys) == (["a\ufffd", "b"], ["\ufffdx", "y"])
    assert "1 texts" in rows.notes[0]


def test_groups() -> None:
    assert one(["t"] * 4, ["a"] * 4, [7, 7.0, None, "x y"], group=2).groups == [
        "7",
        "7",
        "",
        "x y",
    ]


def test_official_parts_by_column() -> None:
    values: list[object] = ["Train", "training", "VALID", "validation", "val", "dev ", "Test"]
    rows = one(["t"] * 7, ["a"] * 7, values, split=2)
    assert rows.parts == ["train"] * 2 + ["validation"] * 4 + ["test"]


def test_official_parts_by_file() -> None:
    files = [(part, table(["t"], ["a"]), COLUMNS) for part in ("train", "test")]
    assert gather(files).parts == ["train", "test"]


@pytest.mark.parametrize(
    ("columns", "more", "expected"),
    [
        ((["t", 5, 6], ["a", "b", "b"]), {}, ["line 3", "`5`", "int", "2 rows", "data.text"]),
        ((["t", "u"], ["a", {}]), {}, ["line 3", "`{}`", "dict", "data.label"]),
        ((["t", []], [(), "b"]), {}, ["data.text", "data.label"]),
        ((["t"] * 2, ["a"] * 2, ["train", "tset"]), {"split": 2}, ["line 3", "`tset`", "`test`"]),
        ((["t"] * 2, ["a"] * 2, ["train", None]), {"split": 2}, ["line 3", "data.split"]),
        ((["t"] * 2, ["a"] * 2, ["dev", "test"]), {"split": 2}, ["no row has `train`", "third"]),
    ],
    ids=["number as text", "object as label", "both", "part", "part missing", "no train"],
)
def test_refuses(
    columns: tuple[list[object], ...], more: dict[str, int], expected: list[str]
) -> None:
    with pytest.raises(DataError) as error:
        one(*columns, **more)
    assert [word for word in expected if word not in str(error.value)] == []
