"""The command `predict`: labels and probabilities for the texts of a file."""

import os
import tempfile
from collections import Counter
from dataclasses import MISSING, dataclass, fields
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from sweep.compose.flags import split_plugins
from sweep.data.read import present
from sweep.data.write import form_of
from sweep.errors import BundleError, UserError, nearest, together
from sweep.executors.cores import physical_cores
from sweep.serving.columns import added_names, renamed, shown_column, text_column
from sweep.serving.pieces import Source, open_source
from sweep.typed import program
from sweep.workspace import ModelFolder


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
    workers: str = "auto"
    """Processes that label side by side; auto: one a core, where the first texts show that it saves time."""


def run(arguments: list[str]) -> int:
    """Label the texts of a file.

    Args:
        arguments: `key=value`, the fields of `PredictConfig`, and `--plugin FILE`.

    Returns:
        0.

    Raises:
        UserError: words that cannot be understood, files that cannot be used.
    """
    console = Console(highlight=False)
    if arguments in (["--help"], ["-h"]):
        console.print(usage(), markup=False)
        return 0
    words, plugins = split_plugins(arguments)
    config = parse(words)
    out = Path(config.output)
    table = source_of(config)
    column, why = text_column(table, config.text)
    from sweep.api.model import load  # loads torch; mistakes are told before
    from sweep.serving.labelled import label_file

    bundle = load(config.model, plugins=plugins).bundle
    names = added_names(table.columns, bundle.labels[1])
    for note in [*table.notes, *renamed(names)]:
        console.print(f"note: {note}", style="dim", markup=False)
    counts: Counter[str | None] = Counter()
    with progress_bar(console) as progress:
        task = progress.add_task("labelled", total=table.rows)
        for found in label_file(
            table,
            column,
            out,
            names,
            model=bundle,
            folder=Path(config.model),
            workers=None if config.workers == "auto" else int(config.workers),
            cores=physical_cores(),
        ):
            counts.update(found.labels)
            progress.advance(task, len(found.labels))
    if empty := counts.pop(None, 0):
        console.print(f"note: {empty} of {table.rows} rows hold no text; their cells stay empty.")
    count = "1 text" if counts.total() == 1 else f"{counts.total():,} texts"
    told = f"{out}: {count} of the column {shown_column(table, column)}{why} labelled"
    console.print(told, markup=False, soft_wrap=True)
    for line in by_label(counts, bundle.labels, names, bundle.decision.threshold):
        console.print(f"  {line}", markup=False, soft_wrap=True)
    return 0


def source_of(config: PredictConfig) -> Source:
    """Open what is to be labelled, once all files that are named are seen to fit.

    Args:
        config: the command's settings.

    Returns:
        The texts, in pieces.

    Raises:
        UserError: files that cannot be used, each told.
    """
    out = Path(config.output)
    together(
        lambda: check_output(Path(config.input), out),
        lambda: present(config.input),
        lambda: check_model(Path(config.model)),
    )
    return open_source(
        config.input,
        format=config.format,
        header=config.header == "true",
        delimiter=config.delimiter,
        quoting=config.quoting,
        encoding=config.encoding,
        typed=form_of(out) == "parquet",
    )


def progress_bar(console: Console) -> Progress:
    """A bar of the rows done, shown in a terminal only.

    Args:
        console: where it is drawn.
    """
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def by_label(
    counts: Counter[str | None], labels: tuple[str, str], names: list[str], threshold: float
) -> list[str]:
    """Say how many texts got each label, and from which probability on.

    Args:
        counts: of each label.
        labels: what 0 and 1 are called.
        names: of the columns of probability and label.
        threshold: the probability from which the label is the second one.

    Returns:
        Two lines.
    """
    negative, positive = labels
    return [
        f"{names[1]} `{positive}`: {counts[positive]:,}, from {names[0]} {threshold:.4g} on",
        f"{names[1]} `{negative}`: {counts[negative]:,}",
    ]


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
    number = given.get("workers", "auto")
    if number != "auto" and not (number.isdecimal() and 0 < int(number) <= 1024):
        mistakes.append(f"`workers` must be auto or a number from 1 on, but got {number!r}.")
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
    own = "  --plugin FILE: code of your own that the model needs"
    return "\n".join([*lines, about, f"{others}: how the input is read, as under data.*", own])


def check_model(folder: Path) -> None:
    """See that a folder is an exported model, as far as can be told without loading it.

    Args:
        folder: what the person named.

    Raises:
        BundleError: it is none.
    """
    manifest = ModelFolder(folder).manifest
    if not manifest.is_file():
        raise BundleError(
            f"{folder} is no exported model: its {manifest.name} is missing or damaged. "
            f"`{program()} export name=SWEEP` writes one."
        )


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
    if out.exists() and not out.is_file():
        raise UserError(f"output={out} is no regular file; give another name.")
    if out.exists() and source.exists() and os.path.samefile(source, out):
        raise UserError(f"output={out} is the input; it is not overwritten. Give another name.")
    try:
        with tempfile.TemporaryFile(dir=out.parent):
            pass
    except OSError as error:
        raise UserError(
            f"output={out}: its folder cannot be written to ({error.strerror}). Give a file in another one."
        ) from error
