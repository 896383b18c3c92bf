"""The rows of one file before anything is known about their columns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Span:
    """A row that stands on several lines of its file.

    Args:
        row: its index from 0 among the rows.
        line: the line where it begins, from 1.
        lines: its lines as they stand there.
    """

    row: int
    line: int
    lines: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Table:
    """One file's rows by column; `N` rows, `C` columns.

    Args:
        file: the file's name, for messages.
        columns: C names; positions as texts where the file names none.
        named: whether the file names its columns.
        column: gives the N values of the column at a position from 0.
        lines: N places in the file, from 1: the line where the row begins, or its number.
        unit: what `lines` counts: `line` or `row`.
        first: C values of the first line or row, which help a reader to tell the columns apart.
        notes: how the file was read, one sentence each.
        spans: the rows that stand on several lines.
        delimiter: the character between fields, where there is one.
    """

    file: str
    columns: list[str]
    named: bool
    column: Callable[[int], Sequence[object]]
    lines: Sequence[int]
    unit: str
    first: Sequence[object]
    notes: tuple[str, ...] = ()
    spans: Sequence[Span] = ()
    delimiter: str | None = None

    def where(self, row: int) -> str:
        """Say where a row stands in its file, as a reader counts.

        Args:
            row: index from 0 among the N rows.
        """
        return f"{self.file}, {self.unit} {self.lines[row]}"


def shown(value: object, length: int = 40) -> str:
    """Show a value in a message: in back quotes, on one line, cut where it is long.

    Args:
        value: what to show.
        length: characters at most.
    """
    text = value if isinstance(value, str) else repr(value)
    cut = text[: length + 1]
    printable = "".join(c if c.isprintable() else "\ufffd" for c in cut)
    return f"`{printable}`" if len(cut) <= length else f"`{printable[:length]}…`"
