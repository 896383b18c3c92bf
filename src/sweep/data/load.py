"""From the settings of a corpus to the corpus."""

import dataclasses
from collections.abc import Mapping, Sequence
from itertools import compress
from pathlib import Path
from typing import Any

import numpy as np

from sweep.config import Config, DataConfig
from sweep.data.columns import Columns, find_columns
from sweep.data.corpus import Corpus, Origin, SplitCorpus
from sweep.data.labels import Choice, encode_labels, label_key
from sweep.data.read import read_table
from sweep.data.rows import Rows, gather
from sweep.data.spans import refuse_swallowed
from sweep.data.split import split
from sweep.data.table import Table, shown
from sweep.errors import DataError
from sweep.typed import spelled


def load_split(config: Config) -> SplitCorpus:
    """Read the corpus of a configuration and split it.

    Args:
        config: all settings; `data`, `split` and `seed` are read.

    Returns:
        The split corpus.

    Raises:
        DataError: what is wrong with the files or the settings, where, and the way out.
    """
    corpus = load(config.data, seed=config.seed)
    return split(corpus, **dataclasses.asdict(config.split), seed=config.seed)


def load(settings: DataConfig, *, seed: int) -> Corpus:
    """Read a corpus from its files, or generate the built-in one where no file is given.

    Args:
        settings: which files, and how they are read.
        seed: seed of the built-in corpus.

    Returns:
        The corpus, rows in the files' order, with notes on what was detected and left out.

    Raises:
        DataError: what is wrong with the files or the settings, where, and the way out.
    """
    files = {part: getattr(settings, part) for part in ("train", "validation", "test")}
    given = {"": settings.path} if settings.path else {p: f for p, f in files.items() if f}
    columns = {role: getattr(settings, role) for role in ("text", "label", "group", "split")}
    if not given:
        return _built_in(settings, seed, columns)
    how = {
        "format": str(settings.format),
        "delimiter": settings.delimiter,
        "encoding": settings.encoding,
        "header": settings.header,
        "quoting": str(settings.quoting),
    }
    tables = _read_all(given, columns, how)
    name = settings.name or _stem(next(iter(given.values())))
    return _corpus(name, gather(tables), settings, tables)


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


def _built_in(settings: DataConfig, seed: int, columns: Mapping[str, int | str | None]) -> Corpus:
    names = ("format", "delimiter", "encoding")
    of_files = {name: getattr(settings, name) for name in names}
    of_files |= {**columns, **vars(_choice(settings))}
    about_files = [
        f"data.{key}={spelled(value)}"
        for key, value in of_files.items()
        if value not in (None, "auto")
    ]
    if about_files:
        raise DataError(
            f"{', '.join(about_files)}: this describes a file, but none is given. Set data.path "
            "(or data.train) to "
            "the file, or drop the setting to use the built-in corpus."
        )
    from sweep.data.builtin import generate

    corpus = generate(seed=seed)
    return dataclasses.replace(corpus, name=settings.name) if settings.name else corpus


def _choice(settings: DataConfig) -> Choice:
    return Choice(positive=settings.positive, negative=settings.negative, drop=settings.drop)


def _words(settings: DataConfig) -> list[str]:
    # What the user would type to read the same rows; the rest stands in files of conf/.
    names = ("path", "train", "validation", "test", "text", "label")
    values = {name: getattr(settings, name) for name in names}
    return [f"data.{name}={spelled(v)}" for name, v in values.items() if v is not None]


def _corpus(
    name: str, rows: Rows, settings: DataConfig, tables: Sequence[tuple[str, Table, Columns]]
) -> Corpus:
    if not rows.texts:
        raise DataError(
            f"{', '.join(table.file for _, table, _ in tables)}: no row has both a text and a "
            "label. "
            + " ".join(rows.notes or ["The file holds no rows below its header."])
            + " Check data.text, data.label and data.header."
        )
    labels = encode_labels(
        rows.keys, rows.written, _choice(settings), rows.where, _words(settings)
    )
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
    notes.extend(labels.notes)
    count = len(labels.values)
    notes.append(
        f"{count} rows, {yes} of them positive ({shown(labels.positive)}, {yes / count:.1%})."
    )
    return Corpus(
        name=name,
        texts=list(compress(rows.texts, labels.kept)),
        labels=labels.values,
        groups=None if rows.groups is None else np.array(rows.groups, dtype=object)[labels.kept],
        parts=None if rows.parts is None else np.array(rows.parts)[labels.kept],
        positive=labels.positive,
        negative=labels.negative,
        notes=tuple(notes),
        origin=_origin(rows, labels.kept, tables),
    )


def _origin(rows: Rows, kept: np.ndarray, tables: Sequence[tuple[str, Table, Columns]]) -> Origin:
    files = [table.file for _, table, _ in tables]
    if len(set(files)) < len(files):  # files of one name, in a folder for each part
        files = [f"{part}/{table.file}" for part, table, _ in tables]
    number = {id(table): at for at, (_, table, _) in enumerate(tables)}
    places = list(compress(rows.places, kept))

    def columns() -> dict[str, list[object]]:
        # A column is known by its name, or its position where the file names none.
        found = []
        for _, table, roles in tables:
            taken = {roles.text, roles.label, roles.split}
            names = {n or str(i): i for i, n in enumerate(table.columns) if i not in taken}
            found.append({name: table.column(at) for name, at in names.items()})
        shared = [name for name in found[0] if all(name in one for one in found)]
        return {name: [found[number[id(t)]][name][i] for t, i in places] for name in shared}

    return Origin(
        files=tuple(files),
        file=np.array([number[id(table)] for table, _ in places], dtype=np.int64),
        lines=np.array([table.lines[index] for table, index in places], dtype=np.int64),
        dropped=rows.left,
        columns=columns,
    )


def _stem(file: str) -> str:
    known = (".gz", ".csv", ".tsv", ".tab", ".txt", ".jsonl", ".ndjson", ".parquet", ".pq")
    name = Path(file).name
    while len(name) > 1 and Path(name).suffix.lower() in known:
        name = Path(name).stem
    return name
