"""A file read in pieces holds what the file read whole holds, and is refused in the same cases."""

import gzip
import json
import random
import tracemalloc
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sweep.data.read import read_table
from sweep.errors import DataError
from sweep.serving import pieces
from sweep.serving.pieces import Source, open_source

HOW: dict[str, Any] = {
    "format": "auto", "header": True, "delimiter": None, "quoting": "auto", "encoding": None,
}  # fmt: skip
UMLAUTS = "text,id\nschöne Grüße,1\nnaïve café,2\n"
GOOD: dict[str, tuple[str, bytes, dict[str, Any]]] = {
    "csv": ("a.csv", b"text,id\nx,1\ny,2\nz,3\n", {}),
    "lines in a field": ("a.csv", b'text,id\n"x\ny",1\nz,2\n"u\r\nv",3\n', {}),
    "blank lines": ("a.csv", b"\n\ntext,id\n\nx,1\n  \ny,2\n", {}),
    "returns": ("a.csv", b"text,id\rx,1\ry,2\r", {}),
    "semicolons": ("a.txt", b"text;id\nx;1\n", {}),
    "tsv": ("a.tsv", b'text\tid\n"x\t1\ny"\t2\n', {}),
    "no header": ("a.csv", b"x,1\ny,2\n", {"header": False}),
    "no ending": ("a", b"text\tid\nx\t1\n", {}),
    "header alone": ("a.csv", b"text,id\n", {}),
    "empty": ("a.csv", b"", {}),
    "gzip": ("a.csv.gz", gzip.compress(b"text,id\nx,1\n"), {}),
    "jsonl": ("a.jsonl", b'{"text": "x", "n": 1}\n\n{"text": null, "m": [2]}\n{"n": 2.5}\n', {}),
    "unicode lines": ("a.jsonl", '{"text": "x\u2028y"}\r\n{"text": "z"}'.encode(), {}),
    "utf-8 mark": ("a.csv", UMLAUTS.encode("utf-8-sig"), {}),
    "utf-16": ("a.csv", UMLAUTS.encode("utf-16"), {}),
    "utf-16 without mark": ("a.csv", UMLAUTS.encode("utf-16-le"), {}),
    "cp1252": ("a.csv", UMLAUTS.encode("cp1252"), {}),
    "as set": ("a.csv", UMLAUTS.encode("latin-1"), {"encoding": "latin-1"}),
    "as set, with a mark": ("a.csv", UMLAUTS.encode("utf-8-sig"), {"encoding": "utf-8"}),
}
BAD: dict[str, tuple[str, bytes, dict[str, Any]]] = {
    "ragged": ("a.csv", b"text,id\nx\ny,2\nz\n", {}),
    "quotes": ("a.csv", b'text,id\n"x,1\ny,2\n', {}),
    "no json": ("a.jsonl", b'{"text": "x"}\n{"text"\n', {}),
    "no object": ("a.jsonl", b"[1]\n", {}),
    "damaged gzip": ("a.csv.gz", gzip.compress(b"text\nx\n" * 99)[:-12], {}),
    "a zip": ("a.csv", b"PK\x03\x04...", {}),
    "another encoding": ("a.csv", b"text\n\xff\n", {"encoding": "utf-8"}),
    "no encoding": ("a.csv", b"text\nx\n", {"encoding": "utf-99"}),
    "no delimiter": ("a.csv", b"text\nx\n", {"delimiter": '"'}),
    "damaged utf-8": ("a.csv", "text\nüüüüüü\n".encode() + b"\xff\n", {}),
    "no parquet": ("a.parquet", b"text\n", {}),
    "missing": ("a.csv.d/b.csv", b"", {}),
}


def rows_of(source: Source) -> list[list[object]]:
    columns: list[list[object]] = [[] for _ in source.columns]
    for piece in source.pieces():
        for column, more in zip(columns, piece, strict=True):
            column.extend(more)
    return columns


@pytest.fixture(params=[2, 4096], ids=["small pieces", "one piece"], autouse=True)
def size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "ROWS", request.param)


@pytest.mark.parametrize(("name", "content", "more"), GOOD.values(), ids=GOOD)
def test_it_holds_what_the_whole_file_holds(
    tmp_path: Path, name: str, content: bytes, more: dict[str, Any]
) -> None:
    (tmp_path / name).write_bytes(content)
    whole = read_table(str(tmp_path / name), **HOW | more)
    source = open_source(str(tmp_path / name), **HOW | more)
    assert (source.columns, source.named, source.notes) == (
        whole.columns,
        whole.named,
        whole.notes,
    )
    expected = [list(whole.column(index)) for index in range(len(whole.columns))]
    assert rows_of(source) == expected
    assert source.rows == len(whole.lines)


@pytest.mark.parametrize(("name", "content", "more"), BAD.values(), ids=BAD)
def test_what_the_whole_file_is_refused_for_is_refused_before_the_first_piece(
    tmp_path: Path, name: str, content: bytes, more: dict[str, Any]
) -> None:
    if "/" not in name:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError):
        read_table(str(tmp_path / name), **HOW | more)
    with pytest.raises(DataError) as refused:
        open_source(str(tmp_path / name), **HOW | more)
    assert Path(name).name in str(refused.value) or "data." in str(refused.value)


def test_any_bytes_are_read_alike_or_refused_by_both(tmp_path: Path) -> None:
    draw = random.Random(0)
    signs = ["a", ",", ",", '"', '""', "\n", "\r\n", "\t", " ", "ü", "\ufeff", "\0", "{", "\u2028"]
    for number in range(150):
        text = "".join(draw.choice(signs) for _ in range(draw.randint(0, 30)))
        file = tmp_path / f"{number}.{draw.choice(['csv', 'tsv', 'txt'])}"
        file.write_bytes(text.encode(draw.choice(["utf-8", "utf-16"])))
        try:
            whole = read_table(str(file), **HOW)
        except DataError:
            with pytest.raises(DataError):
                open_source(str(file), **HOW)
            continue
        source = open_source(str(file), **HOW)
        expected = [list(whole.column(index)) for index in range(len(whole.columns))]
        assert (rows_of(source), source.columns) == (expected, whole.columns), text


def test_parquet_keeps_its_types(tmp_path: Path) -> None:
    table = pa.table({"n": pa.array([1, None, 3], pa.int16()), "text": ["a", "b", None]})
    pq.write_table(table, tmp_path / "a.parquet")
    source = open_source(str(tmp_path / "a.parquet"), **HOW)
    assert rows_of(source) == [[1, None, 3], ["a", "b", None]]
    assert (source.types, source.rows) == ([pa.int16(), pa.string()], 3)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, 2, 2.5, None], pa.float64()),
        ([None, None, "x"], pa.string()),
        ([[1], None, [2, 3]], pa.list_(pa.int64())),
        ([None], pa.null()),
    ],
    ids=str,
)
def test_the_type_of_json_is_that_of_all_rows(
    tmp_path: Path, values: list[object], expected: pa.DataType
) -> None:
    lines = [json.dumps({"a": value}) for value in values]
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    assert open_source(str(tmp_path / "a.jsonl"), **HOW, typed=True).types == [expected]


@pytest.mark.parametrize("values", [["x", 1], ["x", "y", "z", 1]], ids=["near", "far"])
def test_json_of_several_types_has_none(tmp_path: Path, values: list[object]) -> None:
    lines = [json.dumps({"a": value}) for value in values]
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    assert open_source(str(tmp_path / "a.jsonl"), **HOW).types is None
    with pytest.raises(DataError, match="values of several types"):
        open_source(str(tmp_path / "a.jsonl"), **HOW, typed=True)


def test_long_cells_make_short_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "ROWS", 100)
    monkeypatch.setattr(pieces, "CHARACTERS", 50)
    (tmp_path / "a.csv").write_text("text\n" + "x" * 30 + "\n" + "y\n" * 9 + "z" * 30 + "\n")
    read = open_source(str(tmp_path / "a.csv"), **HOW).pieces()
    assert [len(piece[0]) for piece in read] == [11]
    monkeypatch.setattr(pieces, "CHARACTERS", 31)
    read = open_source(str(tmp_path / "a.csv"), **HOW).pieces()
    assert [len(piece[0]) for piece in read] == [2, 9]


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    with (tmp_path / "a.csv").open("w") as stream:
        stream.write("text,id\n")
        stream.writelines(f"a message of some words {n},{n}\n" for n in range(100_000))
    tracemalloc.start()
    try:
        source = open_source(str(tmp_path / "a.csv"), **HOW)
        assert sum(len(piece[0]) for piece in source.pieces()) == source.rows == 100_000
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    whole = 100_000 * 150  # what the rows take as Python's texts
    assert peak < whole / 3
