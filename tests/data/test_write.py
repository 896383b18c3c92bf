"""Writing tables: in the form of the ending, as others read it, or refused."""

import csv
import gzip
from pathlib import Path

import pandas as pd
import pytest

from sweep.data.read import read_table
from sweep.data.write import TableWriter, form_of, write_table
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


@pytest.mark.parametrize("name", ["o.csv", "o.tsv", "o.jsonl", "o.csv.gz", "o.parquet"])
def test_pieces_give_the_file_that_one_writing_gives(tmp_path: Path, name: str) -> None:
    values: list[list[object]] = [["a", "b", None, "ü"], [1.5, None, 2.5, 3.0]]
    write_table(tmp_path / f"whole-{name}", ["x", "y"], values)
    with TableWriter(tmp_path / name, ["x", "y"]) as writer:
        for start in (0, 2, 3):
            writer.write([column[start : {0: 2, 2: 3, 3: 4}[start]] for column in values])
            assert not (tmp_path / name).exists()
    for column in (0, 1):
        found, expected = (
            read_table(
                str(tmp_path / n),
                format="auto",
                header=True,
                delimiter=None,
                quoting="auto",
                encoding=None,
            ).column(column)
            for n in (name, f"whole-{name}")
        )
        assert list(found) == list(expected)
    if name != "o.parquet":  # which tells its pieces
        assert (tmp_path / name).read_bytes() == (tmp_path / f"whole-{name}").read_bytes()


def test_what_fails_halfway_leaves_nothing_and_the_file_that_was_there(tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_text("old")

    def fail(writer: TableWriter) -> None:
        with writer:
            writer.write([["x"] * 100_000])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail(TableWriter(tmp_path / "o.csv", ["a"]))
    assert [path.name for path in tmp_path.iterdir()] == ["o.csv"]
    assert (tmp_path / "o.csv").read_text() == "old"


@pytest.mark.parametrize("name", ["o.csv", "o.jsonl.gz", "o.parquet"])
def test_a_full_disk_is_told_and_leaves_nothing(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, mode: str = "r", **more: object) -> object:
        return open("/dev/full", mode)  # noqa: SIM115 - the writer closes it

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(UserError, match="cannot be written .No space left on device."):
        write_table(tmp_path / name, ["a"], [[str(n) for n in range(200_000)]])
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_told_on_entering(tmp_path: Path) -> None:
    with (
        pytest.raises(UserError, match="none/o.csv: cannot be written .No such file"),
        TableWriter(tmp_path / "none" / "o.csv", ["a"]),
    ):
        pytest.fail("entered")


def test_columns_of_one_name_cannot_become_json(tmp_path: Path) -> None:
    write_table(tmp_path / "o.csv", ["a", "a"], [[1], [2]])
    with pytest.raises(UserError, match="several columns are called 'a'"):
        write_table(tmp_path / "o.jsonl", ["a", "a"], [[1], [2]])
