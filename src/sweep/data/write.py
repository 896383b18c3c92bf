"""Writing a table with labels and probabilities in the form that the file's ending says."""

import csv
import gzip
import io
import json
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path

from sweep.errors import UserError
from sweep.files import write_whole

FORMS = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".pq": "parquet",
}


def form_of(path: Path) -> str:
    """Tell the form from a file's ending.

    Args:
        path: the file to be written.

    Returns:
        csv, tsv, jsonl or parquet.

    Raises:
        UserError: another ending.
    """
    name = path.name.lower()
    form = FORMS.get(Path(name.removesuffix(".gz")).suffix)
    if form is None or (form == "parquet" and name.endswith(".gz")):
        raise UserError(
            f"{path}: the ending must say how to write it: .csv, .tsv or .jsonl (also with .gz), or .parquet."
        )
    return form


def write_table(
    path: Path, columns: Sequence[str], values: Sequence[Sequence[object]], *, header: bool = True
) -> None:
    """Write a table, whole.

    Args:
        path: the file; its ending decides the form.
        columns: C names.
        values: C columns of N values.
        header: whether CSV and TSV get a first line with the names.

    Raises:
        UserError: a value that the form cannot hold.
    """
    form = form_of(path)
    if form == "parquet":
        data = _parquet(columns, values, path)
    else:
        rows = zip(*values, strict=True)
        if form == "jsonl":
            text = "".join(_json(dict(zip(columns, row, strict=True))) + "\n" for row in rows)
        else:
            text = _delimited([columns] if header else [], rows, form, path)
        data = text.encode("utf-8", errors="replace")
    if path.name.lower().endswith(".gz"):
        data = gzip.compress(data, mtime=0)
    write_whole(path, data)


def _delimited(
    names: Sequence[Sequence[str]], rows: Iterable[Sequence[object]], form: str, path: Path
) -> str:
    text = io.StringIO(newline="")
    plain = form == "tsv"  # as it is read: quote marks are text
    if plain:
        writer = csv.writer(
            text, delimiter="\t", quoting=csv.QUOTE_NONE, quotechar=None, lineterminator="\n"
        )
    else:
        writer = csv.writer(text, lineterminator="\n")
    # Python encloses a field that holds a carriage return only from 3.13 on; readers end a line there.
    enclosing = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    try:
        for row in chain(names, rows):
            cells = [_cell(value) for value in row]
            if not any(isinstance(cell, str) and "\r" in cell for cell in cells):
                writer.writerow(cells)
            elif plain:
                raise csv.Error("a carriage return")
            else:
                enclosing.writerow(cells)
    except csv.Error as error:
        line = text.getvalue().count("\n") + 1
        raise UserError(
            f"{path}: line {line} would hold a tab or line break inside a field, which TSV cannot "
            "write. Take the ending .csv or .jsonl."
        ) from error
    return text.getvalue()


def _cell(value: object) -> object:
    if value is None or isinstance(value, str | int | float):
        return value
    return _json(value)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _parquet(columns: Sequence[str], values: Sequence[Sequence[object]], path: Path) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    arrays = []
    for name, column in zip(columns, values, strict=True):
        try:
            arrays.append(pa.array(column))
        except (pa.ArrowException, UnicodeError) as error:
            raise UserError(
                f"{path}: the column {name!r} holds values of several types, which Parquet cannot "
                "write. Take the ending .csv or .jsonl."
            ) from error
    sink = io.BytesIO()
    pq.write_table(pa.table(arrays, names=list(columns)), sink)
    return sink.getvalue()
