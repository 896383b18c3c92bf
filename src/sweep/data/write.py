"""Writing a table, whole or in pieces, in the form that the file's ending says."""

import csv
import gzip
import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from sweep.errors import UserError
from sweep.files import whole_file

if TYPE_CHECKING:
    import pyarrow as pa

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
        UserError: a value that the form cannot hold, or a place that cannot be written.
    """
    with TableWriter(path, columns, header=header) as writer:
        writer.write(values)


class TableWriter:
    """Writes a table piece by piece; the file takes its name when all of it is written, and is not there before.

    Args:
        path: the file; its ending decides the form.
        columns: C names.
        header: whether CSV and TSV get a first line with the names.
        types: for Parquet the type of each column; by default those of the first piece.

    Raises:
        UserError: on entering, a place that cannot be written; names that the form cannot hold.
    """

    def __init__(
        self,
        path: Path,
        columns: Sequence[str],
        *,
        header: bool = True,
        types: "Sequence[pa.DataType] | None" = None,
    ) -> None:
        self.path, self.columns, self.header, self.types = path, list(columns), header, types
        self.form = form_of(path)
        twice = sorted({name for name in columns if self.columns.count(name) > 1})
        if twice and self.form == "jsonl":
            raise UserError(
                f"{path}: several columns are called {twice[0]!r}, which JSON cannot write. Take the ending .csv."
            )
        self._stack = ExitStack()
        self._sink: _Text | _Parquet

    def __enter__(self) -> Self:
        try:
            with _refused(self.path):
                partial = self._stack.enter_context(whole_file(self.path))
                sink = _Parquet if self.form == "parquet" else _Text
                self._sink = sink(self, partial)
        except UserError as refused:
            self._stack.__exit__(type(refused), refused, refused.__traceback__)
            raise
        return self

    def write(self, values: Sequence[Sequence[object]]) -> None:
        """Write the next rows.

        Args:
            values: C columns of N values.

        Raises:
            UserError: a value that the form cannot hold, or a full disk.
        """
        with _refused(self.path):
            self._sink.write(values)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            with suppress(OSError):  # what is buffered goes nowhere any more
                self._sink.close()
            self._stack.__exit__(kind, error, trace)
            return
        try:
            with _refused(self.path):
                self._sink.close()
                self._stack.close()
        except UserError as refused:
            self._stack.__exit__(type(refused), refused, refused.__traceback__)
            raise


@contextmanager
def _refused(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UserError(
            f"{path}: cannot be written ({error.strerror}); nothing was left there. Make room, or give another place."
        ) from error


class _Text:
    """CSV, TSV and JSON lines, also with gzip."""

    def __init__(self, table: TableWriter, partial: Path) -> None:
        self.table, self.line = table, 0
        self._stack = ExitStack()
        raw = self._stack.enter_context(partial.open("wb"))
        packed: Any = raw
        if table.path.name.lower().endswith(".gz"):
            packed = self._stack.enter_context(gzip.GzipFile("", "wb", fileobj=raw, mtime=0))
        self._text = TextIOWrapper(packed, encoding="utf-8", errors="replace", newline="")
        self._stack.callback(self._text.close)
        self._plain = table.form == "tsv"  # as it is read: quote marks are text
        if self._plain:
            self._lines = csv.writer(
                self._text,
                delimiter="\t",
                quoting=csv.QUOTE_NONE,
                quotechar=None,
                lineterminator="\n",
            )
        else:
            self._lines = csv.writer(self._text, lineterminator="\n")
        # Python encloses a field that holds a carriage return only from 3.13 on; readers end a line there.
        self._enclosing = csv.writer(self._text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
        if table.header and table.form != "jsonl":
            self._row(table.columns)

    def write(self, values: Sequence[Sequence[object]]) -> None:
        rows = zip(*values, strict=True)
        if self.table.form == "jsonl":
            columns = self.table.columns
            objects = (_json(dict(zip(columns, row, strict=True))) for row in rows)
            self._text.writelines(f"{line}\n" for line in objects)
            return
        for row in rows:
            self._row(row)

    def _row(self, row: Sequence[object]) -> None:
        self.line += 1
        cells = [_cell(value) for value in row]
        try:
            if not any(isinstance(cell, str) and "\r" in cell for cell in cells):
                self._lines.writerow(cells)
            elif self._plain:
                raise csv.Error("a carriage return")
            else:
                self._enclosing.writerow(cells)
        except csv.Error as error:
            raise UserError(
                f"{self.table.path}: line {self.line} would hold a tab or line break inside a field, which TSV "
                "cannot write. Take the ending .csv or .jsonl."
            ) from error

    def close(self) -> None:
        self._stack.close()


def _cell(value: object) -> object:
    if value is None or isinstance(value, str | int | float):
        return value
    return _json(value)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


class _Parquet:
    def __init__(self, table: TableWriter, partial: Path) -> None:
        self.table = table
        self._raw = partial.open("wb")
        self._writer: Any = None
        if table.types is not None:
            self._open(table.types)

    def _open(self, types: "Sequence[pa.DataType]") -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        fields = [pa.field(n, t) for n, t in zip(self.table.columns, types, strict=True)]
        self._writer = pq.ParquetWriter(self._raw, pa.schema(fields))

    def write(self, values: Sequence[Sequence[object]]) -> None:
        import pyarrow as pa

        if self._writer is None:
            columns = zip(self.table.columns, values, strict=True)
            self._open([self._array(name, column, None).type for name, column in columns])
        kinds = self._writer.schema.types
        columns_of = zip(self.table.columns, values, kinds, strict=True)
        arrays = [self._array(name, column, kind) for name, column, kind in columns_of]
        self._writer.write_table(pa.table(arrays, schema=self._writer.schema))

    def _array(
        self, name: str, column: Sequence[object], kind: "pa.DataType | None"
    ) -> "pa.Array[Any]":
        import pyarrow as pa

        try:
            return pa.array(column, kind)
        except (pa.ArrowException, UnicodeError) as error:
            raise UserError(
                f"{self.table.path}: the column {name!r} holds values of several types, which Parquet "
                "cannot write. Take the ending .csv or .jsonl."
            ) from error

    def close(self) -> None:
        try:
            if self._writer is None:
                self.write([[] for _ in self.table.columns])
            self._writer.close()
        finally:
            self._raw.close()
