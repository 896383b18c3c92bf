"""Files of every form."""

import gzip
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sweep.data.read import read_table
from sweep.data.table import Table
from sweep.errors import DataError

PLAIN: dict[str, Any] = {
    "format": "auto",
    "header": True,
    "delimiter": None,
    "quoting": "auto",
    "encoding": None,
}
CSV, TSV, JSONL = b"text,label\nhi,1\n", b"text\tlabel\nhi\t1\n", b'{"text": "hi", "label": "1"}\n'


def write(folder: Path, name: str, raw: bytes) -> str:
    (folder / name).write_bytes(raw)
    return str(folder / name)


def read(path: str, **settings: Any) -> Table:
    return read_table(path, **{**PLAIN, **settings})


@pytest.mark.parametrize(
    ("name", "raw", "form"),
    [
        ("a.csv", CSV, "csv"),
        ("a.CSV", CSV, "csv"),
        ("a.tsv", TSV, "tsv"),
        ("a.jsonl", JSONL, "jsonl"),
        ("a.ndjson", JSONL, "jsonl"),
        ("a.csv.gz", gzip.compress(CSV), "csv"),
        ("a.jsonl.gz", gzip.compress(JSONL), "jsonl"),
        ("unnamed", gzip.compress(TSV), "tsv"),
        ("unnamed", TSV, "tsv"),
        ("unnamed", b"\n" + JSONL, "jsonl"),
        ("a.txt", CSV, "csv"),
        ("a.txt", TSV, "tsv"),
    ],
)
def test_the_ending_then_the_content_decides(
    tmp_path: Path, name: str, raw: bytes, form: str
) -> None:
    table = read(write(tmp_path, name, raw))
    assert f"read as {form}, encoding utf-8" in table.notes[0]
    assert [table.columns, table.column(0), table.column(1)] == [["text", "label"], ["hi"], ["1"]]


@pytest.mark.parametrize("name", ["a.parquet", "unnamed"])
def test_parquet(tmp_path: Path, name: str) -> None:
    pq.write_table(pa.table({"text": ["hi", None], "label": [1.0, 0.0]}), tmp_path / name)
    table = read(str(tmp_path / name))
    assert [table.column(0), table.column(1)] == [["hi", None], [1.0, 0.0]]
    assert table.where(1) == f"{name}, row 2"


def test_json_lines_keep_places_and_missing_keys(tmp_path: Path) -> None:
    raw = '{"text": "a\u2028b"}\r\n\n{"label": true, "text": "c"}'.encode()
    table = read(write(tmp_path, "a.jsonl", raw))
    assert table.columns == ["text", "label"]
    assert [table.column(0), table.column(1)] == [["a\u2028b", "c"], [None, True]]
    assert list(table.lines) == [1, 3]


@pytest.mark.parametrize(
    ("quoting", "name", "expected"),
    [("auto", "a.tsv", '"hi'), ("minimal", "a.tsv", "hi\t1\nx"), ("none", "a.csv", '"hi')],
)
def test_quoting(tmp_path: Path, quoting: str, name: str, expected: str) -> None:
    mark = "\t" if name == "a.tsv" else ","
    raw = 'text\tlabel\n"hi\t1\nx"\t2\n'.replace("\t", mark).encode()
    table = read(write(tmp_path, name, raw), quoting=quoting)
    assert table.column(0)[0] == expected


@pytest.mark.parametrize(
    ("name", "raw", "settings", "expected"),
    [
        ("a.csv.gz", gzip.compress(CSV)[:-9], {}, ["damaged gzip"]),
        ("a.csv", b"PK\x03\x04\x00", {}, ["spreadsheet", "CSV"]),
        ("a.csv", b"PAR1....PAR1", {}, ["data.format=parquet"]),
        ("a.parquet", b"PAR1....PAR1", {}, ["not a readable Parquet", "data.format"]),
        ("a.parquet", CSV, {}, ["not a readable Parquet", "data.format"]),
        ("a.jsonl", JSONL + b"{oops", {}, ["line 2", "{oops", "data.format"]),
        ("a.jsonl", b"[1, 2]", {}, ["line 1", "one object a line"]),
        ("a.json", b'[\n{"text": "a"}\n]', {}, ["line 1", "one whole object"]),
        ("a.jsonl", b'{"a": ' + b"[" * 100_000, {}, ["line 1", "JSON"]),
        ("a.jsonl", b'{"a": ' + b"9" * 10_000 + b"}", {}, ["line 1", "JSON"]),
        ("a.csv", CSV, {"format": "jsonl"}, ["line 1", "text,label"]),
    ],
    ids=lambda value: value[:12] if isinstance(value, str) else None,
)
def test_refuses(
    tmp_path: Path, name: str, raw: bytes, settings: dict[str, Any], expected: list[str]
) -> None:
    with pytest.raises(DataError) as error:
        read(write(tmp_path, name, raw), **settings)
    assert [word for word in [name, *expected] if word not in str(error.value)] == []


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("mesages.csv", ["no such file", "messages.csv"]),
        ("absent/x.csv", ["no such file", "does not exist"]),
        ("", ["is a folder", "/messages.csv`"]),
        ("Messages", ["no such file", "Did you mean", "/messages.csv`"]),
        ("other.csv", ["no such file. Looked in", "there is `", "/messages.csv`"]),
        ("x" * 5000, ["cannot be looked up"]),
        ("a\0b", ["no such file"]),
        ("~nobody-of-this-name/x.csv", ["no such file"]),
    ],
    ids=["nearest", "folder absent", "a folder", "no ending", "unlike", "long", "zero", "home"],
)
def test_a_missing_file(tmp_path: Path, asked: str, expected: list[str]) -> None:
    write(tmp_path, "messages.csv", CSV)
    with pytest.raises(DataError) as error:
        read(f"{tmp_path}/{asked}")
    assert [word for word in expected if word not in str(error.value)] == []


HELD = [
    "Makefile.png",
    "tweets.jsonl.gz",
    "tweets.py",
    "notes.txt",
    ".tweets.csv",
    "a.parquet",
    "b.CSV",
    "tweets.d",
]


@pytest.mark.parametrize(
    ("asked", "expected", "unsaid"),
    [
        (
            "",
            ["`{}/a.parquet`, `{}/b.CSV`, `{}/tweets.jsonl.gz` and 1 more"],
            ["train.csv", ".py", "png"],
        ),
        ("tweets.csv", ["Did you mean `{}/tweets.jsonl.gz`?"], [".py", "`{}/.tweets.csv`"]),
        ("note", ["Did you mean `{}/notes.txt`?"], []),
        ("tweets.d", ["is a folder", "No file of a form that is read"], ["Name one file"]),
        ("zzz.csv", ["`{}/a.parquet`"], ["Did you mean", ".py"]),
    ],
    ids=["a folder", "misspelt", "a text", "an empty folder", "unlike"],
)
def test_only_files_that_are_there_and_can_be_read_are_proposed(
    tmp_path: Path, asked: str, expected: list[str], unsaid: list[str]
) -> None:
    (tmp_path / HELD[-1]).mkdir()
    for name in HELD[:-1]:
        (tmp_path / name).write_bytes(CSV)
    with pytest.raises(DataError) as error:
        read(f"{tmp_path}/{asked}")
    told = str(error.value)
    assert [word for word in expected if word.replace("{}", str(tmp_path)) not in told] == []
    assert [word for word in unsaid if word.replace("{}", str(tmp_path)) in told] == []
