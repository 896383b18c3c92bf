"""Which column of a file holds the texts, and what the columns are called that are added."""

from collections.abc import Sequence
from typing import Protocol

from sweep.data.columns import USUAL
from sweep.errors import UserError, nearest


class Columned(Protocol):
    """What is asked of an input: a table that is read whole, or one that is read in pieces."""

    @property
    def file(self) -> str:
        """Its name, for messages."""

    @property
    def columns(self) -> list[str]:
        """Names; positions as texts where it names none."""

    @property
    def named(self) -> bool:
        """Whether it names its columns."""


def text_column(table: Columned, wanted: str | None) -> tuple[int, str]:
    """Find the column of the texts.

    Args:
        table: the input.
        wanted: its name or position, or None for a usual name or the only column.

    Returns:
        Its position, and why this one was taken where it was not named, in brackets.

    Raises:
        UserError: there is none such, or it cannot be told.
    """
    names = table.columns
    listed = ", ".join(f"`{name}`" for name in names[:20]) + (", …" if len(names) > 20 else "")
    if wanted is not None:
        places = [i for i, name in enumerate(names) if name == wanted and table.named]
        if not places and wanted.isdecimal() and len(wanted) < 10 and int(wanted) < len(names):
            places = [int(wanted)]
        if len(places) == 1:
            return places[0], ""
        what = "several columns" if places else "no column"
        folded = {name.casefold(): name for name in names}
        near = folded.get(wanted.strip().casefold())
        hint = f" Did you mean `{near}`?" if near and not places else nearest(wanted, names)
        raise UserError(
            f"text={wanted}: {table.file} has {what} of this name.{'' if places else hint} Its columns: {listed}."
        )
    lowered = [name.strip().lower() for name in names]
    for usual in USUAL["text"]:
        if table.named and lowered.count(usual) == 1:
            return lowered.index(usual), " (a usual name; text=COLUMN takes another)"
    if len(names) == 1:
        return 0, " (the only one)"
    raise UserError(
        f"{table.file}: which column holds the texts? Set text=NAME or text=POSITION (from 0). Its columns: {listed}."
    )


def shown_column(table: Columned, column: int) -> str:
    """Name a column for a message: by its name, or by its position where the file names none.

    Args:
        table: the input.
        column: its position.
    """
    return f"`{table.columns[column]}`" if table.named else f"at position {column}"


def added_names(taken: Sequence[str], positive: str) -> list[str]:
    """Name the two columns that are added.

    Args:
        taken: names of the input's columns.
        positive: what the positive class is called.

    Returns:
        `probability_…` and `label`, where an input has one of these with `predicted_` before it.
    """
    from sweep.export.answer import LABEL, probability_column  # loads torch

    names = []
    for name in (probability_column(positive), LABEL):
        while name in taken:
            name = f"predicted_{name}"
        names.append(name)
    return names


def renamed(names: list[str]) -> list[str]:
    """Say which of the added columns has another name than usual, because the input has such a column.

    Args:
        names: of the two columns that are added.
    """
    return [
        f"the input has a column `{name.removeprefix('predicted_')}`; the model's is called `{name}`."
        for name in names
        if name.startswith("predicted_")
    ]
