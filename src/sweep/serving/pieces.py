"""The rows of a file, read in pieces: memory holds a few thousand of them, however long the file is."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sweep.data.delimited import (
    Ragged,
    check_delimiter,
    first_line_delimiter,
    is_blank,
    reading_note,
    records,
    skipped_note,
)
from sweep.data.read import (
    ending,
    json_object,
    legible,
    present,
    refuse_no_text,
    sniffed,
    undamaged,
)
from sweep.data.spans import note
from sweep.errors import DataError
from sweep.serving.lines import HEAD, Lines, find_encoding, unpacked

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = 4096  # of a piece, at most
CHARACTERS = 4_000_000  # of its cells, at most but for the last row
Row = TypeVar("Row")
Piece = Sequence[Sequence[object]]
"""Some rows, column by column."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """A file that has been read once to its end: it can be read again without a refusal.

    Args:
        file: its name, for messages.
        columns: C names; positions as texts where the file names none.
        named: whether the file names its columns.
        rows: how many there are.
        pieces: reads them from the first, C columns a piece.
        types: the type of each column as Parquet writes it, or None.
        notes: how the file was read, one sentence each.
    """

    file: str
    columns: list[str]
    named: bool
    rows: int
    pieces: Callable[[], Iterator[Piece]]
    types: "list[pa.DataType] | None" = None
    notes: tuple[str, ...] = ()


def open_source(
    path: str,
    *,
    format: str,
    header: bool,
    delimiter: str | None,
    quoting: str,
    encoding: str | None,
    typed: bool = False,
) -> Source:
    """Read a file once, and refuse it where it is not of its form; see `sweep.data.read.read_table`.

    Args:
        path: the file; gzip is unpacked for the text forms.
        format: `csv`, `tsv`, `jsonl`, `parquet`, or `auto`: the ending decides, else the content.
        header: whether the first line of CSV or TSV holds the columns' names.
        delimiter: the character between fields, or None to take it from the first line.
        quoting: `minimal`, `none`, or `auto` (minimal for CSV, none for TSV).
        encoding: encoding of the text forms, or None to detect it.
        typed: whether the columns' types are wanted.

    Returns:
        The file, ready to be read in pieces.

    Raises:
        DataError: the file is missing, unreadable, not of this form, or has ragged rows.
    """
    place = present(path)
    file = legible(place.name)
    form = ending(file) if format == "auto" else format
    try:
        with place.open("rb") as raw:
            begins = raw.read(4)
        if form == "parquet" or (form is None and begins == b"PAR1"):
            return _parquet(place, file)
        with undamaged(file), unpacked(place) as stream:
            head = stream.read(HEAD)
        refuse_no_text(head, file)
        with undamaged(file):
            name, found = find_encoding(place, file, head, encoding)
    except OSError as error:
        raise DataError(
            f"{file}: cannot be read ({error.strerror}). Check its permissions."
        ) from error
    text = head.decode(name, "ignore").removeprefix("\ufeff")
    form = form or sniffed(text)
    how = f"{file}: read as {form}, encoding {found}."
    lines = Lines(place, name, "\n" if form == "jsonl" else "")
    if form == "jsonl":
        return _json_lines(lines, file, how, typed)
    quoted = quoting == "minimal" or (quoting == "auto" and form == "csv")
    check_delimiter(delimiter, quoted)
    separator = delimiter or ("\t" if form == "tsv" else first_line_delimiter(text, quoted))
    return _delimited(lines, file, how, header, separator, quoted, typed)


def _delimited(
    lines: Lines, file: str, how: str, header: bool, delimiter: str, quoted: bool, typed: bool
) -> Source:
    ragged = Ragged(file, delimiter, quoted)
    first: list[str] = []
    rows = skipped = several = begin = end = 0
    for row, line, last in records(lines(), file, delimiter, quoted):
        if is_blank(row):
            skipped += 1
            continue
        ragged.see(row, line)
        first = first or row
        rows += 1
        if last > line and rows > header:
            several += 1
            begin, end = (begin, end) if several > 1 else (line, last)
    ragged.refuse()
    notes = [how, reading_note(file, delimiter, quoted)]
    if skipped:
        notes.append(skipped_note(file, skipped))
    if several:
        notes.append(note(file, several, begin, end))
    columns = [name.strip() for name in first] if header else [str(i) for i in range(len(first))]

    def read() -> Iterator[Piece]:
        all_rows = (r for r, _, _ in records(lines(), file, delimiter, quoted) if not is_blank(r))
        if header:
            next(all_rows, None)
        for some in _cut(all_rows, lambda row: sum(map(len, row))):
            yield list(zip(*some, strict=True))

    return Source(
        file=file,
        columns=columns,
        named=header,
        rows=max(0, rows - header),
        pieces=read,
        types=_texts(len(columns)) if typed else None,
        notes=tuple(notes),
    )


def _texts(count: int) -> "list[pa.DataType]":
    import pyarrow as pa

    return [pa.string()] * count


@dataclass
class _Kinds:
    """The type of each column of JSON lines, over all rows."""

    schema: "pa.Schema | None" = None
    file: str = ""
    columns: list[str] = field(default_factory=list)

    def see(self, piece: Piece) -> None:
        import pyarrow as pa

        try:
            kinds = [pa.array(column).type for column in piece]
            now = pa.schema(list(zip(self.columns, kinds, strict=True)))
            both = [now] if self.schema is None else [self.schema, now]
            self.schema = pa.unify_schemas(both, promote_options="permissive")
        except (pa.ArrowException, UnicodeError) as error:
            reason = str(error).splitlines()[0]
            raise DataError(
                f"{self.file}: a column holds values of several types, which Parquet cannot write ({reason}). "
                "Take an output that ends in .csv or .jsonl."
            ) from error


def _json_lines(lines: Lines, file: str, how: str, typed: bool) -> Source:
    def objects() -> Iterator[dict[str, object]]:
        for number, line in enumerate(lines(), start=1):
            if line and not line.isspace():
                yield json_object(line.removesuffix("\n"), f"{file}, line {number}")

    columns: dict[str, None] = {}
    rows = 0
    for row in objects():
        columns.update(dict.fromkeys(row))
        rows += 1
    names = list(columns)

    def read() -> Iterator[Piece]:
        for some in _cut(objects(), lambda row: sum(len(str(cell)) for cell in row.values())):
            yield [[row.get(name) for row in some] for name in names]

    kinds = _Kinds(file=file, columns=names)
    if typed:
        for piece in read():
            kinds.see(piece)
    types = None if kinds.schema is None else list(kinds.schema.types)
    return Source(
        file=file, columns=names, named=True, rows=rows, pieces=read, types=types, notes=(how,)
    )


def _parquet(place: Path, file: str) -> Source:
    import pyarrow as pa
    import pyarrow.parquet as pq

    def refusal(error: Exception) -> DataError:
        return DataError(
            f"{file}: not a readable Parquet file ({str(error).splitlines()[0]}). "
            "Write it again, or set format to its real form."
        )

    mistakes = (pa.ArrowException, OSError, ValueError, OverflowError)
    try:
        with pq.ParquetFile(place) as content:
            schema, rows = content.schema_arrow, content.metadata.num_rows
    except mistakes as error:
        raise refusal(error) from error

    def read() -> Iterator[Piece]:
        try:
            with pq.ParquetFile(place) as content:
                for batch in content.iter_batches(ROWS, use_threads=False):
                    yield [column.to_pylist() for column in batch.columns]
        except mistakes as error:
            raise refusal(error) from error

    return Source(
        file=file,
        columns=list(schema.names),
        named=True,
        rows=rows,
        pieces=read,
        types=list(schema.types),
        notes=(f"{file}: read as parquet.",),
    )


def _cut(rows: Iterable[Row], size: Callable[[Row], int]) -> Iterator[list[Row]]:
    some: list[Row] = []
    characters = 0
    for row in rows:
        some.append(row)
        characters += size(row)
        if len(some) == ROWS or characters >= CHARACTERS:
            yield some
            some, characters = [], 0
    if some:
        yield some
