"""The command `predict`: labels and probabilities for the texts of a file."""

import os
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any

from rich.console import Console

from sweep.data.columns import USUAL
from sweep.data.read import read_table
from sweep.data.table import Table
from sweep.data.write import form_of, write_table
from sweep.errors import UserError, nearest

APPENDED = ("probability", "label")


@dataclass(kw_only=True, slots=True)
class PredictConfig:
    """What to label and where to."""

    model: str
    """Folder of an exported model."""
    input: str
    """File with texts: .csv .tsv .jsonl .parquet, the first three also with .gz."""
    output: str
    """File to write: every row and column of the input, with probability and label; its ending decides the form."""
    text: str | None = None
    """Column of the texts, by name or position from 0; by default a column of a usual name, or the only one."""
    format: str = "auto"
    """Form of the input, where its ending does not say it: csv, tsv, jsonl or parquet."""
    header: str = "true"
    """Whether the first line of a CSV or TSV input names the columns."""
    delimiter: str | None = None
    """The character between fields of the input."""
    quoting: str = "auto"
    """minimal: quote marks enclose fields; none: they are text."""
    encoding: str | None = None
    """Encoding of the input; by default detected."""


def run(arguments: list[str]) -> int:
    """Label the texts of a file.

    Args:
        arguments: `key=value`, the fields of `PredictConfig`.

    Returns:
        0.

    Raises:
        UserError: words that cannot be understood, files that cannot be used.
    """
    console = Console(highlight=False)
    if arguments in (["--help"], ["-h"]):
        console.print(usage(), markup=False)
        return 0
    config = parse(arguments)
    source, out = Path(config.input), Path(config.output)
    check_output(source, out)
    table = read_table(
        config.input,
        format=config.format,
        header=config.header == "true",
        delimiter=config.delimiter,
        quoting=config.quoting,
        encoding=config.encoding,
    )
    texts = table.column(text_column(table, config.text))
    from sweep.api.model import load  # loads torch; mistakes are told before
    from sweep.export.bundle import as_text

    there = [row for row, text in enumerate(texts) if as_text(text).strip()]
    probabilities, labels = load(config.model).answers([texts[row] for row in there])
    columns: list[list[Any]] = [[None] * len(texts), [None] * len(texts)]
    for row, probability, label in zip(there, probabilities.tolist(), labels, strict=True):
        columns[0][row], columns[1][row] = probability, label
    names = new_names(table.columns)
    values = [list(table.column(index)) for index in range(len(table.columns))]
    write_table(out, [*table.columns, *names], [*values, *columns], header=table.named)
    for note in table.notes:
        console.print(f"note: {note}", style="dim", markup=False)
    if empty := len(texts) - len(there):
        console.print(f"note: {empty} of {len(texts)} rows hold no text; their cells stay empty.")
    count = "1 text" if len(there) == 1 else f"{len(there)} texts"
    console.print(f"{out}: {count} labelled, columns {' and '.join(names)}", markup=False)
    return 0


def parse(arguments: list[str]) -> PredictConfig:
    """Read the words of the command line.

    Args:
        arguments: `key=value`.

    Returns:
        The settings.

    Raises:
        UserError: unknown, repeated or missing settings, all at once.
    """
    known = {field.name: field for field in fields(PredictConfig)}
    given: dict[str, str] = {}
    mistakes = []
    for word in arguments:
        name, equals, value = word.partition("=")
        if not equals:
            mistakes.append(
                f"`{word}` sets nothing: a setting is written NAME=VALUE without spaces."
            )
        elif name not in known:
            there = f"`predict` takes {', '.join(known)}."
            mistakes.append(f"`{name}` is no setting.{nearest(name, known)} {there}")
        elif name in given:
            mistakes.append(f"`{name}` is given twice: {given[name]!r} and {value!r}.")
        elif not value and known[name].default is MISSING:
            mistakes.append(f"`{name}=` needs a value.")
            given[name] = value
        else:
            given[name] = value
    missing = [n for n, field in known.items() if field.default is MISSING and n not in given]
    if missing:
        mistakes.append(
            f"Missing: {', '.join(f'{name}=' for name in missing)}. "
            "For example: python -m sweep predict model=best-model input=new.csv output=labelled.csv"
        )
    for name, choices in CHOICES.items():
        value = given.get(name, choices[0])
        if value not in choices:
            mistakes.append(
                f"`{name}` must be one of {', '.join(choices)}, but got {value!r}.{nearest(value, choices)}"
            )
    if mistakes:
        raise UserError(*mistakes)
    return PredictConfig(**given)


CHOICES = {
    "format": ("auto", "csv", "tsv", "jsonl", "parquet"),
    "quoting": ("auto", "minimal", "none"),
    "header": ("true", "false"),
}


def usage() -> str:
    """Say how the command is used, in a few lines."""
    lines = [
        "python -m sweep predict model=best-model input=FILE output=FILE [NAME=VALUE ...]",
        "",
    ]
    about = "  model input output: the exported model, the file to read, the file to write"
    others = "  " + " ".join(f.name for f in fields(PredictConfig) if f.default is not MISSING)
    return "\n".join([*lines, about, f"{others}: how the input is read, as under data.*"])


def check_output(source: Path, out: Path) -> None:
    """See that the output can be written.

    Args:
        source: the input.
        out: the output.

    Raises:
        UserError: it is the input, a folder, in no folder, or of an unknown form.
    """
    form_of(out)
    if not out.parent.is_dir():
        raise UserError(f"output={out}: the folder {out.parent} does not exist; make it first.")
    if out.is_dir():
        raise UserError(
            f"output={out} is a folder; name a file in it, such as {out / 'labelled.csv'}."
        )
    if out.exists() and source.exists() and os.path.samefile(source, out):
        raise UserError(f"output={out} is the input; it is not overwritten. Give another name.")


def text_column(table: Table, wanted: str | None) -> int:
    """Find the column of the texts.

    Args:
        table: the input.
        wanted: its name or position, or None for a usual name or the only column.

    Returns:
        Its position.

    Raises:
        UserError: there is none such, or it cannot be told.
    """
    names = table.columns
    shown = ", ".join(f"`{name}`" for name in table.columns[:20])
    if wanted is not None:
        places = [i for i, name in enumerate(names) if name == wanted]
        if not places and wanted.isdecimal() and int(wanted) < len(names):
            places = [int(wanted)]
        if len(places) == 1:
            return places[0]
        what = "several columns" if places else "no column"
        raise UserError(
            f"text={wanted}: {table.file} has {what} of this name.{nearest(wanted, names)} Its columns: {shown}."
        )
    lowered = [name.strip().lower() for name in names]
    for usual in USUAL["text"]:
        if table.named and lowered.count(usual) == 1:
            return lowered.index(usual)
    if len(names) == 1:
        return 0
    raise UserError(
        f"{table.file}: which column holds the texts? Set text=NAME or text=POSITION (from 0). Its columns: {shown}."
    )


def new_names(taken: list[str]) -> list[str]:
    """Name the two columns that are added.

    Args:
        taken: names of the input's columns.

    Returns:
        `probability` and `label`, where an input has one of these with `predicted_` before it.
    """
    names = []
    for name in APPENDED:
        while name in taken:
            name = f"predicted_{name}"
        names.append(name)
    return names
