"""CSV and TSV: fields between delimiters, one row a line."""

import csv
import io
import sys
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
    if delimiter is not None and (len(delimiter) != 1 or delimiter in "\r\n\0" + '"' * quoted):
        raise DataError(
            f"data.delimiter={delimiter!r} cannot separate fields. Take one character such as a "
            "comma, a "
            "semicolon or a tab."
        )
    separator = delimiter or _first_line_delimiter(text, quoted)
    rows, lines, ends, skipped = _records(text, file, separator, quoted)
    _check_ragged(rows, lines, file, separator, quoted)
    first = rows[0] if rows else []
    names = [name.strip() for name in first] if header else [str(i) for i in range(len(first))]
    start = 1 if header else 0
    rows, lines, ends = rows[start:], lines[start:], ends[start:]
    spans = _spans(text, lines, ends)
    notes = [
        f"{file}: delimiter {_named(separator)}, quote marks "
        f"{'enclose fields' if quoted else 'are text'}."
    ]
    if skipped:
        notes.append(f"{file}: {skipped} blank {'line' if skipped == 1 else 'lines'} skipped.")
    notes += note(file, spans)
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


def _first_line_delimiter(text: str, quoted: bool) -> str:
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


def _records(
    text: str, file: str, delimiter: str, quoted: bool
) -> tuple[list[list[str]], list[int], list[int], int]:
    rows: list[list[str]] = []
    lines: list[int] = []
    ends: list[int] = []
    skipped = 0
    before = 0
    limit = csv.field_size_limit(sys.maxsize)
    try:
        reader = csv.reader(
            io.StringIO(text, newline=""),
            delimiter=delimiter,
            quotechar='"' if quoted else None,
            quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE,
            strict=True,
        )
        for row in reader:
            if len(row) > 1 or (row and row[0].strip()):
                rows.append(row)
                lines.append(before + 1)
                ends.append(reader.line_num)
            else:
                skipped += 1
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
    return rows, lines, ends, skipped


def _check_ragged(
    rows: list[list[str]], lines: list[int], file: str, delimiter: str, quoted: bool
) -> None:
    width = len(rows[0]) if rows else 0
    ragged = [i for i, row in enumerate(rows) if len(row) != width]
    if not ragged:
        return
    at = ragged[0]
    count = f" ({len(ragged)} rows are like that)" if len(ragged) > 1 else ""
    way = (
        "A field that holds the delimiter must be enclosed in quote marks"
        if quoted
        else "With data.quoting=none no field may hold the delimiter; set data.quoting=minimal if "
        "quote marks enclose fields"
    )
    raise DataError(
        f"{file}, line {lines[at]}: {_fields(len(rows[at]))}, but the first line has "
        f"{width}{count}, with the "
        f"delimiter {_named(delimiter)}; the row begins {shown(delimiter.join(rows[at]))}. "
        f"{way}; or set "
        "data.delimiter to another character."
    )


def _fields(count: int) -> str:
    return f"{count} field" if count == 1 else f"{count} fields"


def _named(delimiter: str) -> str:
    return "tab" if delimiter == "\t" else f"`{delimiter}`"
