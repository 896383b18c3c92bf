"""CSV and TSV: fields between delimiters, one row a line."""

import csv
import io
import sys
from collections.abc import Iterable, Iterator
from operator import itemgetter

from sweep.data.spans import note
from sweep.data.table import Span, Table, shown
from sweep.errors import DataError

_DELIMITERS = ",\t;|"


def read_delimited(
    text: str, *, file: str, header: bool, delimiter: str | None, quoted: bool
) -> Table:
    """Read fields between delimiters, strictly: nothing is mended, only blank lines are skipped.

    Args:
        text: the whole file.
        file: its name, for messages.
        header: whether the first line holds the columns' names.
        delimiter: the character between fields, or None to take it from the first line.
        quoted: whether quote marks enclose fields; otherwise they are text.

    Returns:
        The rows; each has as many fields as the first line.

    Raises:
        DataError: quote marks that do not match, ragged rows, or an impossible delimiter.
    """
    check_delimiter(delimiter, quoted)
    separator = delimiter or first_line_delimiter(text, quoted)
    rows: list[list[str]] = []
    lines: list[int] = []
    ends: list[int] = []
    skipped = 0
    ragged = Ragged(file, separator, quoted)
    for row, line, end in records(io.StringIO(text, newline=""), file, separator, quoted):
        if is_blank(row):
            skipped += 1
        else:
            ragged.see(row, line)
            rows.append(row)
            lines.append(line)
            ends.append(end)
    ragged.refuse()
    first = rows[0] if rows else []
    names = [name.strip() for name in first] if header else [str(i) for i in range(len(first))]
    start = 1 if header else 0
    rows, lines, ends = rows[start:], lines[start:], ends[start:]
    spans = _spans(text, lines, ends)
    notes = [reading_note(file, separator, quoted)]
    if skipped:
        notes.append(skipped_note(file, skipped))
    if spans:
        notes.append(
            note(file, len(spans), spans[0].line, spans[0].line + len(spans[0].lines) - 1)
        )
    return Table(
        file=file,
        columns=names,
        named=header,
        column=lambda index: list(map(itemgetter(index), rows)),
        lines=lines,
        unit="line",
        first=first,
        notes=tuple(notes),
        spans=spans,
        delimiter=separator,
    )


def _spans(text: str, lines: list[int], ends: list[int]) -> list[Span]:
    several = [row for row, line in enumerate(lines) if ends[row] > line]
    if not several:
        return []
    raw = list(io.StringIO(text, newline=""))
    return [Span(row=r, line=lines[r], lines=raw[lines[r] - 1 : ends[r]]) for r in several]


def first_line_delimiter(text: str, quoted: bool) -> str:
    """Take the sign that the first line holds most of, as the delimiter.

    Args:
        text: the file's beginning.
        quoted: whether quote marks enclose fields.

    Returns:
        A comma where there is none.
    """
    # Quote marks may enclose line breaks, so the first row may span lines; a megabyte is plenty.
    counts = dict.fromkeys(_DELIMITERS, 0)
    inside = False
    for character in text[:1_048_576].lstrip("\r\n"):
        if character == '"' and quoted:
            inside = not inside
        elif not inside:
            if character in "\r\n":
                break
            if character in counts:
                counts[character] += 1
    return max(counts, key=lambda d: counts[d])  # the first of the list where none occurs


def records(
    stream: Iterable[str], file: str, delimiter: str, quoted: bool
) -> Iterator[tuple[list[str], int, int]]:
    """Read row after row, blank lines too.

    Args:
        stream: the file's lines, with their ends.
        file: its name, for messages.
        delimiter: the character between fields.
        quoted: whether quote marks enclose fields.

    Yields:
        The fields, the line from 1 on which they begin and the one on which they end.

    Raises:
        DataError: quote marks that do not match.
    """
    before = 0
    limit = csv.field_size_limit(sys.maxsize)
    try:
        reader = csv.reader(
            stream,
            delimiter=delimiter,
            quotechar='"' if quoted else None,
            quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE,
            strict=True,
        )
        for row in reader:
            yield row, before + 1, reader.line_num
            before = reader.line_num
    except csv.Error as error:
        raise DataError(
            f"{file}, the row that begins on line {before + 1}: the quote marks do not match "
            f"({error}). Write a "
            'quote mark inside an enclosed field twice (""); if quote marks are plain text in '
            "this file, set data.quoting=none."
        ) from error
    finally:
        csv.field_size_limit(limit)


def is_blank(row: list[str]) -> bool:
    """Tell whether a row is a blank line, which is skipped."""
    return len(row) < 2 and not (row and row[0].strip())


class Ragged:
    """Looks for rows that have more or fewer fields than the first one.

    Args:
        file: its name, for messages.
        delimiter: the character between fields.
        quoted: whether quote marks enclose fields.
    """

    def __init__(self, file: str, delimiter: str, quoted: bool) -> None:
        self.file, self.delimiter, self.quoted = file, delimiter, quoted
        self.width: int | None = None
        self.count = 0
        self.row: list[str] = []
        self.line = 0

    def see(self, row: list[str], line: int) -> None:
        """Look at the next row."""
        if self.width is None:
            self.width = len(row)
        elif len(row) != self.width:
            self.count += 1
            if self.count == 1:
                self.row, self.line = row, line

    def refuse(self) -> None:
        """Refuse the file where there was such a row.

        Raises:
            DataError: the first one and how many there are.
        """
        if not self.count:
            return
        count = f" ({self.count} rows are like that)" if self.count > 1 else ""
        way = (
            "A field that holds the delimiter must be enclosed in quote marks"
            if self.quoted
            else "With data.quoting=none no field may hold the delimiter; set data.quoting=minimal if "
            "quote marks enclose fields"
        )
        raise DataError(
            f"{self.file}, line {self.line}: {_fields(len(self.row))}, but the first line has "
            f"{self.width}{count}, with the delimiter {_named(self.delimiter)}; the row begins "
            f"{shown(self.delimiter.join(self.row))}. {way}; or set data.delimiter to another character."
        )


def check_delimiter(delimiter: str | None, quoted: bool) -> None:
    """See that a character can stand between fields.

    Args:
        delimiter: as it was set, or None.
        quoted: whether quote marks enclose fields.

    Raises:
        DataError: it cannot.
    """
    if delimiter is not None and (len(delimiter) != 1 or delimiter in "\r\n\0" + '"' * quoted):
        raise DataError(
            f"data.delimiter={delimiter!r} cannot separate fields. Take one character such as a "
            "comma, a "
            "semicolon or a tab."
        )


def reading_note(file: str, delimiter: str, quoted: bool) -> str:
    """Say how a file is read."""
    marks = "enclose fields" if quoted else "are text"
    return f"{file}: delimiter {_named(delimiter)}, quote marks {marks}."


def skipped_note(file: str, count: int) -> str:
    """Say how many lines were blank."""
    return f"{file}: {count} blank {'line' if count == 1 else 'lines'} skipped."


def _fields(count: int) -> str:
    return f"{count} field" if count == 1 else f"{count} fields"


def _named(delimiter: str) -> str:
    return "tab" if delimiter == "\t" else f"`{delimiter}`"
