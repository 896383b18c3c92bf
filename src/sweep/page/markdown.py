"""The same sections as Markdown, for terminals, diffs and machines."""

from collections.abc import Sequence

from sweep.page.blocks import (
    Copy,
    Figure,
    Heading,
    Link,
    Live,
    Section,
    Table,
    Words,
    shown,
)

ROWS = 30
"""Rows of a table; the page has more."""


def markdown(title: str, sections: Sequence[Section]) -> str:
    """Write the report.

    Args:
        title: of the whole.
        sections: in their order.

    Returns:
        Markdown; a picture is its title and its table.
    """
    lines = [f"# {_safe(title)}"]
    for section in sections:
        lines += ["", f"## {_safe(section.title)}"]
        for block in section.blocks:
            lines += ["", *_block(block)]
    return "\n".join(lines) + "\n"


def _block(block: object) -> list[str]:
    match block:
        case Words():
            return [_safe(block.text)]
        case Heading():
            return [f"### {_safe(block.text)}"]
        case Copy():
            # Four blanks make a code block that no sign in it can end.
            return [f"{_safe(block.label)}:", "", f"    {shown(block.text)}"]
        case Table():
            return _table(block)
        case Figure():
            return [f"**{_safe(block.title)}**", "", *_table(block.table)]
        case Live():
            return [f"**{_safe(block.title)}** (on the page)"]
    raise TypeError(f"no such block: {block!r}")


def _table(table: Table) -> list[str]:
    head = "| " + " | ".join(_safe(column.name) for column in table.columns) + " |"
    rows = []
    for row in table.rows[:ROWS]:
        cells = []
        for column, cell in zip(table.columns, row, strict=True):
            many = cell if isinstance(cell, list) else [cell]
            cells.append(
                ", ".join(
                    _safe(one.text if isinstance(one, Link) else table.text(column, one))
                    for one in many
                )
            )
        rows.append("| " + " | ".join(cells) + " |")
    more = [f"({len(table.rows) - ROWS} more rows on the page)"] if len(table.rows) > ROWS else []
    caption = f"{_safe(table.caption)}:"
    return [caption, "", head, "|" + " --- |" * len(table.columns), *rows, *more]


def _safe(text: str) -> str:
    safe = shown(text)
    for sign in "\\`*_[]<>|#":
        safe = safe.replace(sign, f"\\{sign}")
    return safe
