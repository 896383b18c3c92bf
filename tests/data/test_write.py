"""Writing tables: in the form of the ending, as others read it, or refused."""

import csv
import gzip
from pathlib import Path

import pytest

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
