"""Rows that stand on several lines: texts with line breaks, or rows that two stray quote marks made one."""

from dataclasses import dataclass

from sweep.data.columns import Columns
from sweep.data.table import Span, Table
from sweep.errors import DataError

_MISSHAPEN = 10  # of so many lines one may be no row of its own: its text holds a delimiter, or its label is unknown


@dataclass(frozen=True)
class _Usual:
    """What a row that stands on one line looks like."""

    width: int
    labels: frozenset[object]
    spaced: bool
    """Whether a text may begin with a blank; in prose a blank follows each comma."""


def note(file: str, count: int, begin: int, end: int) -> str:
    """Say how many rows stand on several lines.

    Args:
        file: the file's name.
        count: how many, at least one.
        begin: the line where the first one begins.
        end: the line where it ends.

    Returns:
        One sentence.
    """
    lines = f"lines {begin} to {end}"
    if count == 1:
        return f"{file}: 1 row spans several lines, {lines}."
    return f"{file}: {count} rows span several lines, the first one {lines}."


def refuse_swallowed(table: Table, columns: Columns) -> None:
    """Refuse a row whose lines would each be a row: two stray quote marks have swallowed them.

    A quote mark at the start of a text that nobody closed takes in every line up to the next one at
    the end of a field, and the rows in between are gone without a word. A text with line breaks
    looks otherwise: a line of it lacks the other columns, or holds no label there.

    Args:
        table: the rows of one file.
        columns: where text and label are.

    Raises:
        DataError: where the row begins and ends, and the way out.
    """
    if not table.spans:
        return
    several = {span.row for span in table.spans}
    alone = [row for row in range(len(table.lines)) if row not in several]
    labels, texts = table.column(columns.label), table.column(columns.text)
    usual = _Usual(
        width=len(table.columns),
        labels=frozenset(labels[row] for row in alone),
        spaced=any(str(texts[row])[:1].isspace() for row in alone),
    )
    found = [span for span in table.spans if _swallowed(span, table, columns, usual)]
    if not found:
        return
    first, last = found[0].line, found[0].line + len(found[0].lines) - 1
    more = f" ({len(found)} places are like that)" if len(found) > 1 else ""
    raise DataError(
        f"{table.file}, lines {first} to {last}: a quote mark that opens on line {first} closes on "
        f"line {last} only, and the lines between would be rows of their own{more}. Mend it: a quote "
        'mark inside an enclosed field is written twice (""). If quote marks are plain text in this '
        "file, set data.quoting=none; if the text really holds these lines, data.quoting=minimal."
    )


def _swallowed(span: Span, table: Table, columns: Columns, usual: _Usual) -> bool:
    # Quote marks as text: those of the first and the last line belong to no field of their line.
    lines = [line.rstrip("\r\n").split(table.delimiter) for line in span.lines if line.strip()]
    if min(map(len, lines)) < usual.width:
        return False  # a line of prose; a row has its delimiters
    rows = sum(_is_row(cells, columns, usual) for cells in lines)
    # A text of two or three lines can look like rows by chance: its first or last line holds the label.
    most = rows >= 3 and len(lines) - rows <= 1 + len(lines) // _MISSHAPEN
    return most or rows == len(lines) >= 2


def _is_row(cells: list[str], columns: Columns, usual: _Usual) -> bool:
    text = cells[columns.text]
    return (
        len(cells) == usual.width
        and cells[columns.label] in usual.labels
        and text.strip() != ""
        and (usual.spaced or not text[0].isspace())
    )
