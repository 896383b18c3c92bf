"""Writing tables: in the form of the ending, as others read it, or refused."""

import csv
import gzip
from pathlib import Path

import pandas as pd
import pytest

from sweep.data.read import read_table
from sweep.data.write import form_of, write_table
from sweep.errors import UserError


def test_a_line_break_cannot_go_into_tsv(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="line 3 would hold a tab or line break"):
        write_table(tmp_path / "o.tsv", ["a"], [["x", "y\nz"]])
    assert not (tmp_path / "o.tsv").exists()


def test_gzip_and_csv_are_what_others_read(tmp_path: Path) -> None:
    write_table(tmp_path / "o.csv.gz", ["a", "b"], [["x,\n", None], [1.5, {"k": [1]}]])
    with gzip.open(tmp_path / "o.csv.gz", "rt", newline="") as stream:
        assert list(csv.reader(stream)) == [["a", "b"], ["x,\n", "1.5"], ["", '{"k": [1]}']]


def test_values_of_several_types_cannot_go_into_parquet(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="values of several types"):
        write_table(tmp_path / "o.parquet", ["a"], [["x", 1]])


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("o.csv", "csv"),
        ("O.CSV.GZ", "csv"),
        ("o.tsv", "tsv"),
        ("o.ndjson", "jsonl"),
        ("o.jsonl.gz", "jsonl"),
        ("o.pq", "parquet"),
    ],
)
def test_the_ending_says_the_form(name: str, form: str) -> None:
    assert form_of(Path(name)) == form


@pytest.mark.parametrize("name", ["o", "o.xlsx", "o.gz", "o.parquet.gz"])
def test_another_ending_is_refused(name: str) -> None:
    with pytest.raises(UserError, match="the ending must say how to write it"):
        form_of(Path(name))


@pytest.mark.parametrize(("name", "first"), [("o.csv", "1,x\n"), ("o.tsv", "1\tx\n")])
def test_a_table_without_header(tmp_path: Path, name: str, first: str) -> None:
    write_table(tmp_path / name, ["a", "b"], [[1], ["x"]], header=False)
    assert (tmp_path / name).read_text() == first


def test_each_row_is_one_json_object(tmp_path: Path) -> None:
    write_table(tmp_path / "o.jsonl", ["a", "b"], [["ü", None], [1.5, [2]]])
    lines = (tmp_path / "o.jsonl").read_text(encoding="utf-8").splitlines()
    assert lines == ['{"a": "ü", "b": 1.5}', '{"a": null, "b": [2]}']


TEXTS = {
    "carriage return": "win\rprize",
    "carriage return at the end": "win\r",
    "carriage return alone": "\r",
    "line break": "win\nprize",
    "both": "win\r\nprize\n\rnow",
    "with quote marks": 'say "hi"\rok, "',
    "with commas": "a,b\rc,,d",
    "plain": "win prize",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("name", ["o.csv", "o.jsonl", "o.csv.gz"])
def test_a_text_comes_back(tmp_path: Path, name: str, text: str) -> None:
    columns = [["a", text, "b"], [1, 2.5, None], ["x", None, "y"]]
    write_table(tmp_path / name, ["text", "number", "label"], columns)
    table = read_table(
        str(tmp_path / name), format="auto", header=True, delimiter=None, quoting="auto",
        encoding="utf-8",
    )  # fmt: skip
    assert table.columns == ["text", "number", "label"]
    assert list(table.column(0)) == columns[0]
    assert [float(str(cell)) for cell in list(table.column(1))[:2]] == [1, 2.5]
    assert [cell or None for cell in table.column(2)] == columns[2]
    if name == "o.csv":
        with (tmp_path / name).open(newline="", encoding="utf-8") as stream:
            assert [row[0] for row in csv.reader(stream)] == ["text", *columns[0]]
        assert pd.read_csv(tmp_path / name)["text"].tolist() == columns[0]


@pytest.mark.parametrize("text", ["a\tb", "a\nb", "a\rb", "a\r"])
def test_what_tsv_cannot_hold_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(UserError, match="line 3 would hold a tab or line break"):
        write_table(tmp_path / "o.tsv", ["text"], [["ok", text]])
    assert list(tmp_path.iterdir()) == []
