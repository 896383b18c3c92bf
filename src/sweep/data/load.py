"""From the settings of a corpus to the corpus."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sweep.data.columns import Columns, find_columns
from sweep.data.corpus import Corpus
from sweep.data.labels import encode_labels, label_key
from sweep.data.read import read_table
from sweep.data.rows import Rows, gather
from sweep.data.spans import refuse_swallowed
from sweep.data.table import Table, shown
from sweep.errors import DataError


def load(
    *,
    name: str | None = None,
    format: str = "auto",
    path: str | None = None,
    train: str | None = None,
    validation: str | None = None,
    test: str | None = None,
    text: int | str | None = None,
    label: int | str | None = None,
    positive: int | float | bool | str | None = None,
    group: int | str | None = None,
    split: int | str | None = None,
    header: bool = True,
    delimiter: str | None = None,
    quoting: str = "auto",
    encoding: str | None = None,
    seed: int = 0,
) -> Corpus:
    """Read a corpus from its files, or generate the built-in one where no file is given.

    Args:
        name: what to call the corpus; by default the file's name.
        format: `auto`, `csv`, `tsv`, `jsonl` or `parquet`.
        path: one file with all rows.
        train: file of the official training part, instead of `path`.
        validation: file of the official validation part.
        test: file of the official test part.
        text: column of the text, by name or position from 0.
        label: column of the label.
        positive: the label value that means yes.
        group: column whose equal values stay in one part.
        split: column that says train, validation or test.
        header: whether the first line of CSV or TSV holds the columns' names.
        delimiter: the character between fields.
        quoting: `auto`, `minimal` or `none`.
        encoding: encoding of the text files.
        seed: seed of the built-in corpus.

    Returns:
        The corpus, rows in the files' order, with notes on what was detected and left out.

    Raises:
        DataError: what is wrong with the files or the settings, where, and the way out.
    """
    files = {"": path} if path else {"train": train, "validation": validation, "test": test}
    given = {part: file for part, file in files.items() if file}
    columns = {"text": text, "label": label, "group": group, "split": split}
    reading = {"format": format, "delimiter": delimiter, "encoding": encoding}
    if not given:
        return _built_in(name, seed, {**reading, **columns, "positive": positive})
    how = reading | {"header": header, "quoting": quoting}
    tables = _read_all(given, columns, how)
    return _corpus(name or _stem(next(iter(given.values()))), gather(tables), positive, tables)


def _read_all(
    files: dict[str, str], columns: dict[str, int | str | None], how: dict[str, Any]
) -> list[tuple[str, Table, Columns]]:
    tables: list[tuple[str, Table, Columns]] = []
    mistakes: list[str] = []
    for part, file in files.items():
        try:
            table = read_table(file, **how)
            found = find_columns(table, columns)
            if how["quoting"] == "auto":
                refuse_swallowed(table, found)
            tables.append((part, table, found))
        except DataError as error:
            mistakes.extend(error.mistakes)
    if mistakes:
        raise DataError(*mistakes)
    return tables


def _built_in(name: str | None, seed: int, settings: dict[str, object]) -> Corpus:
    about_files = [
        f"data.{key}={value}" for key, value in settings.items() if value not in (None, "auto")
    ]
    if about_files:
        raise DataError(
            f"{', '.join(about_files)}: this describes a file, but none is given. Set data.path "
            "(or data.train) to "
            "the file, or drop the setting to use the built-in corpus."
        )
    from sweep.data.builtin import generate

    corpus = generate(seed=seed)
    return dataclasses.replace(corpus, name=name) if name else corpus


def _corpus(
    name: str, rows: Rows, positive: object, tables: Sequence[tuple[str, Table, Columns]]
) -> Corpus:
    if not rows.texts:
        raise DataError(
            f"{', '.join(table.file for _, table, _ in tables)}: no row has both a text and a "
            "label. "
            + " ".join(rows.notes or ["The file holds no rows below its header."])
            + " Check data.text, data.label and data.header."
        )
    labels = encode_labels(rows.keys, rows.written, positive, rows.where)
    notes = [note for _, table, _ in tables for note in table.notes]
    for _, table, columns in tables:
        if table.named:
            named = [
                f"{role} {shown(table.columns[at])}"
                for role, at in vars(columns).items()
                if at is not None
            ]
            notes.append(f"{table.file}: columns {', '.join(named)}.")
            heading = table.columns[columns.label]
            if table.first and label_key(heading) in set(rows.keys):
                notes.append(
                    f"{table.file}: the first line was read as names, yet {shown(heading)} is a "
                    "label value too. If that line is a row, set data.header=false."
                )
    yes = int(labels.values.sum())
    notes.extend(rows.notes)
    notes.append(
        f"{len(rows.texts)} rows, {yes} of them positive ({shown(labels.positive)}, "
        f"{yes / len(rows.texts):.1%})."
    )
    return Corpus(
        name=name,
        texts=rows.texts,
        labels=labels.values,
        groups=None if rows.groups is None else np.array(rows.groups, dtype=object),
        parts=None if rows.parts is None else np.array(rows.parts),
        positive=labels.positive,
        negative=labels.negative,
        notes=tuple(notes),
    )


def _stem(file: str) -> str:
    known = (".gz", ".csv", ".tsv", ".tab", ".txt", ".jsonl", ".ndjson", ".parquet", ".pq")
    name = Path(file).name
    while len(name) > 1 and Path(name).suffix.lower() in known:
        name = Path(name).stem
    return name
