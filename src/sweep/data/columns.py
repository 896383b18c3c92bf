"""Which column of a table is the text, the label, the group and the official part."""

from collections.abc import Mapping
from dataclasses import dataclass

from sweep.data.table import Table, shown
from sweep.errors import DataError, nearest

USUAL = {
    "text": (
        "text",
        "message",
        "sentence",
        "review",
        "content",
        "body",
        "comment",
        "sms",
        "tweet",
        "v2",
    ),
    "label": ("label", "class", "target", "sentiment", "category", "y", "spam", "v1"),
}
_LISTED = 20


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Positions, from 0, of the columns that a corpus needs; None where there is none."""

    text: int
    label: int
    group: int | None = None
    split: int | None = None


def find_columns(table: Table, wanted: Mapping[str, int | str | None]) -> Columns:
    """Find the columns by the names or positions that were set, else by their usual names.

    Args:
        table: the rows of one file.
        wanted: for `text`, `label`, `group` and `split` a name, a position from 0, or None.

    Returns:
        The position of each.

    Raises:
        DataError: all columns that are unknown, ambiguous, missing or used twice, in one error.
    """
    if not table.columns:
        raise DataError(
            f"{table.file}: the file is empty; it must hold rows with a text and a label."
        )
    mistakes: list[str] = []
    found: dict[str, int] = {}
    for role, name in wanted.items():
        if name is None and role not in USUAL:
            continue
        where = _usual(table, role, wanted) if name is None else _named(table, role, name)
        if isinstance(where, int):
            found[role] = where
        else:
            mistakes.append(where)
    mistakes.extend(_used_twice(table, found))
    if mistakes:
        raise DataError(*mistakes)
    return Columns(**found)


def _named(table: Table, role: str, name: int | str) -> int | str:
    count = len(table.columns)
    if isinstance(name, str):
        places = [i for i, column in enumerate(table.columns) if column == name and table.named]
        if len(places) == 1:
            return places[0]
        if places:
            several = " and ".join(map(str, places))
            return (
                f"{table.file}: data.{role}={name}, but several columns have this name. "
                f"Give one by its position: {several}."
            )
        if not name.isdecimal() or len(name) > 9:
            return _unknown(table, role, name)
        name = int(name)
    if 0 <= name < count:
        return name
    return (
        f"{table.file}: data.{role}={name}, but positions go from 0 to {count - 1}. "
        f"{_listing(table)}"
    )


def _unknown(table: Table, role: str, name: str) -> str:
    if not table.named:
        return (
            f"{table.file}: data.{role}={name}, but with data.header=false columns have "
            "positions, no names. "
            f"{_listing(table)} Give a position, or set data.header=true if the first line holds "
            "names."
        )
    folded = {column.casefold(): column for column in table.columns}
    near = folded.get(name.casefold().strip())
    hint = f" Did you mean `{near}`?" if near else nearest(name, filter(None, table.columns))
    return (
        f"{table.file}: data.{role}={name}: no such column.{hint} {_listing(table)}{_doubt(table)}"
    )


def _usual(table: Table, role: str, wanted: Mapping[str, int | str | None]) -> int | str:
    if table.named:
        folded = [column.casefold() for column in table.columns]
        taken = {name for other, name in wanted.items() if other != role}
        for usual in USUAL[role]:
            places = [
                i for i, c in enumerate(folded) if c == usual and not {i, table.columns[i]} & taken
            ]
            if len(places) == 1:
                return places[0]
    return (
        f"{table.file}: which column is the {role}? None that is free has a usual name. "
        f"{_listing(table)} Set data.{role} to a name or a position.{_doubt(table)}"
    )


def _used_twice(table: Table, found: Mapping[str, int]) -> list[str]:
    text = found.get("text")
    return [
        f"{table.file}: data.{role} and data.text are the same column "
        f"{shown(table.columns[where])}. "
        f"{_listing(table)}"
        for role, where in found.items()
        if role != "text" and where == text
    ]


def _listing(table: Table) -> str:
    if table.named:
        names = [
            shown(column) if column else f"(no name, position {i})"
            for i, column in enumerate(table.columns)
        ]
    else:
        names = [f"{i} ({shown(value)})" for i, value in enumerate(table.first)]
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return f"The columns are {', '.join(names[:_LISTED])}{more}."


def _doubt(table: Table) -> str:
    hints = []
    if table.named and table.first and _like_data(table):
        hints.append(
            "The first line looks like data: if it holds no names, set data.header=false and "
            "give positions."
        )
    if len(table.columns) == 1:
        hints.append(
            "There is only one column: set data.delimiter (or data.format) if that is not right."
        )
    return "".join(f" {hint}" for hint in hints)


def _like_data(table: Table) -> bool:
    return any(
        len(cell) > 40 or cell.casefold() in {"0", "1", "0.0", "1.0", "true", "false", "yes", "no"}
        for cell in table.columns
    )
