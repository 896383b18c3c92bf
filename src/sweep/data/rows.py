"""The usable rows of all files of a corpus, one after another."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from sweep.data.columns import Columns
from sweep.data.labels import label_key
from sweep.data.table import Table, shown
from sweep.errors import DataError, nearest

_PARTS = {
    "train": "train",
    "training": "train",
    "validation": "validation",
    "valid": "validation",
    "val": "validation",
    "dev": "validation",
    "test": "test",
}
_NAMED_ROWS = 3
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(kw_only=True)
class Rows:
    """Rows that have a text and a label; all lists have one entry a row.

    Args:
        texts: the texts.
        keys: the label keys.
        written: the labels as written.
        places: table and row index of each.
        groups: groups as texts, empty where missing; None without a group column.
        parts: official parts; None without an official split.
        notes: what was left out or mended.
        left: lines of the rows that were left out, by reason and file.
    """

    texts: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    written: list[object] = field(default_factory=list)
    places: list[tuple[Table, int]] = field(default_factory=list)
    groups: list[str] | None = None
    parts: list[str] | None = None
    notes: list[str] = field(default_factory=list)
    left: dict[str, dict[str, list[int]]] = field(default_factory=dict)

    def where(self, row: int) -> str:
        """Say where a row stands in its file.

        Args:
            row: index from 0 among the kept rows.
        """
        table, index = self.places[row]
        return table.where(index)


def gather(tables: Sequence[tuple[str, Table, Columns]]) -> Rows:
    """Take the rows with a text and a label out of the files of a corpus.

    Args:
        tables: for each file its official part (empty for a single file), rows and columns.

    Returns:
        The kept rows in order, with notes on the others.

    Raises:
        DataError: cells of the wrong type, or official parts of unknown names.
    """
    rows = Rows()
    mistakes: list[str] = []
    for part, table, columns in tables:
        kept = _add_texts(rows, table, columns, mistakes)
        if columns.group is not None:
            cells = table.column(columns.group)
            rows.groups = (rows.groups or []) + [_group(cells[i]) for i in kept]
        if columns.split is not None:
            rows.parts = _official(table, columns.split, kept, mistakes)
        elif part:
            rows.parts = (rows.parts or []) + [part] * len(kept)
    if mistakes:
        raise DataError(*mistakes)
    return rows


def _add_texts(rows: Rows, table: Table, columns: Columns, mistakes: list[str]) -> list[int]:
    texts = table.column(columns.text)
    labels = table.column(columns.label)
    wrong: dict[str, list[tuple[int, object]]] = {"text": [], "label": []}
    left: dict[str, list[int]] = {"no text": [], "no label": []}
    kept = []
    mended = 0
    for index, (text, label) in enumerate(zip(texts, labels, strict=True)):
        if not isinstance(text, str) and not _missing(text):
            wrong["text"].append((index, text))
            continue
        label = _SURROGATE.sub("\ufffd", label) if isinstance(label, str) else label
        try:
            key = label_key(label)
        except TypeError:
            wrong["label"].append((index, label))
            continue
        if not isinstance(text, str) or not visible(text):
            left["no text"].append(index)
        elif key is None:
            left["no label"].append(index)
        else:
            clean = _SURROGATE.sub("\ufffd", text)
            mended += clean != text
            kept.append(index)
            rows.texts.append(clean)
            rows.keys.append(key)
            rows.written.append(label)
            rows.places.append((table, index))
    mistakes.extend(_wrong_types(table, wrong))
    for why, indices in left.items():
        if indices:
            rows.notes.append(_left_out(table, why, indices))
            lines = rows.left.setdefault(why, {}).setdefault(table.file, [])
            lines += [table.lines[i] for i in indices]
    if mended:
        rows.notes.append(
            f"{table.file}: {mended} texts held half characters (lone surrogates); each was "
            "replaced by U+FFFD."
        )
    return kept


def _missing(value: object) -> bool:
    return value is None or value != value  # noqa: PLR0124 - only NaN differs from itself


def visible(text: str) -> bool:
    """Tell whether a text holds more than blanks and signs that nobody sees."""
    # Zero-width and control characters alone are no text; `strip` is quick on long blanks.
    return any(
        unicodedata.category(character) not in ("Cc", "Cf", "Zs", "Zl", "Zp")
        for character in text.strip()
    )


def _wrong_types(table: Table, wrong: dict[str, list[tuple[int, object]]]) -> list[str]:
    allowed = {"text": "a text", "label": "a text, a number or true/false"}
    return [
        f"{table.where(cells[0][0])}: the {role} must be {allowed[role]}, but got "
        f"{shown(cells[0][1])} "
        f"({type(cells[0][1]).__name__}; {len(cells)} rows are like that). Convert it, or set "
        f"data.{role} to "
        "another column."
        for role, cells in wrong.items()
        if cells
    ]


def _left_out(table: Table, why: str, indices: list[int]) -> str:
    count = len(indices)
    numbers = ", ".join(str(table.lines[i]) for i in indices[:_NAMED_ROWS])
    more = ", …" if count > _NAMED_ROWS else ""
    unit = table.unit if count == 1 else f"{table.unit}s"
    rows = "row" if count == 1 else "rows"
    return f"{table.file}: {count} {rows} with {why} left out ({unit} {numbers}{more})."


def _group(value: object) -> str:
    if _missing(value):
        return ""
    if isinstance(value, (str, float)):
        return label_key(value) or ""  # 7 and 7.0 are one author
    return str(value)


def _official(table: Table, column: int, kept: list[int], mistakes: list[str]) -> list[str]:
    cells = table.column(column)
    parts = []
    for index in kept:
        value = cells[index]
        part = _PARTS.get(str(value).strip().casefold())
        if part is None:
            mistakes.append(
                f"{table.where(index)}: data.split must say train, validation or test, but got "
                f"{shown('' if value is None else value)}.{nearest(str(value)[:40], _PARTS)} "
                "Correct the row, or drop data.split to draw the split."
            )
            return []
        parts.append(part)
    if kept and "train" not in parts:
        mistakes.append(
            f"{table.file}: no row has `train` in the column {shown(table.columns[column])}; the "
            "parts seen are "
            f"{', '.join(sorted(set(parts)))}. Mark the training rows, or drop data.split to "
            "draw the split."
        )
    return parts
