"""Reading one file, whatever its form, into a table."""

import difflib
import gzip
import json
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from sweep.data.delimited import read_delimited
from sweep.data.encodings import decode
from sweep.data.table import Table, shown
from sweep.errors import DataError

_ENDINGS = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".pq": "parquet",
}
GZIP = b"\x1f\x8b"
_PROPOSED = 3
_NO_TEXT = {
    b"PAR1": "a Parquet file; set data.format=parquet",
    b"PK\x03\x04": "a zip archive or a spreadsheet; unpack it, or save the sheet as CSV",
    b"\xd0\xcf\x11\xe0": "an old spreadsheet; save the sheet as CSV",
    b"SQLite format 3\0": "a database; export the table as CSV",
    b"BZh91AY&SY": "compressed with bzip2; unpack it or use gzip",
    b"\xfd7zXZ": "compressed with xz; unpack it or use gzip",
    b"(\xb5/\xfd": "compressed with zstandard; unpack it or use gzip",
}


def read_table(
    path: str,
    *,
    format: str,
    header: bool,
    delimiter: str | None,
    quoting: str,
    encoding: str | None,
) -> Table:
    """Read a file of texts and labels.

    Args:
        path: the file; gzip is unpacked for the text forms.
        format: `csv`, `tsv`, `jsonl`, `parquet`, or `auto`: the ending decides, else the content.
        header: whether the first line of CSV or TSV holds the columns' names.
        delimiter: the character between fields, or None to take it from the first line.
        quoting: `minimal`, `none`, or `auto` (minimal for CSV, none for TSV).
        encoding: encoding of the text forms, or None to detect it.

    Returns:
        All rows but blank lines, in the file's order.

    Raises:
        DataError: the file is missing, unreadable, not of this form, or has ragged rows.
    """
    source = present(path)
    file = legible(source.name)
    try:
        raw = source.read_bytes()
    except OSError as error:
        raise DataError(
            f"{file}: cannot be read ({error.strerror}). Check its permissions."
        ) from error
    form = ending(file) if format == "auto" else format
    if form == "parquet" or (form is None and raw.startswith(b"PAR1")):
        return _read_parquet(source, file)
    raw = _unpacked(raw, file)
    refuse_no_text(raw, file)
    text, found = decode(raw, encoding=encoding, file=file)
    form = form or sniffed(text)
    note = f"{file}: read as {form}, encoding {found}."
    if form == "jsonl":
        table = _read_json_lines(text, file)
    else:
        table = read_delimited(
            text,
            file=file,
            header=header,
            delimiter=delimiter or ("\t" if form == "tsv" else None),
            quoted=quoting == "minimal" or (quoting == "auto" and form == "csv"),
        )
    return replace(table, notes=(note, *table.notes))


def refuse_no_text(head: bytes, file: str) -> None:
    """Refuse what its first bytes show to be no text.

    Args:
        head: the file's beginning, unpacked.
        file: its name, for messages.

    Raises:
        DataError: what it is, and the way out.
    """
    for magic, what in _NO_TEXT.items():
        if head.startswith(magic):
            raise DataError(f"{file}: no text, but {what}.")


def legible(path: str) -> str:
    """Make a file's name printable."""
    return path.encode("utf-8", "replace").decode()  # undecodable bytes cannot be printed


def present(path: str) -> Path:
    """Look up a file.

    Args:
        path: as it was typed.

    Returns:
        The regular file.

    Raises:
        DataError: there is none; names those beside it that can be read and are called alike.
    """
    named = legible(path)
    try:
        source = Path(path).expanduser()
        if source.is_file():
            return source
        folder = source if source.is_dir() else source.parent
        there = _readable(folder) if folder.is_dir() else None
        exists = source.exists()
    except (OSError, ValueError, RuntimeError) as error:
        raise DataError(
            f"{shown(named, 200)}: cannot be looked up ({error}). Check the name and its folder's "
            "permissions."
        ) from error
    if folder is source:
        raise DataError(f"{named}: is a folder. {_in_folder(source, there or [])}")
    if exists:
        raise DataError(f"{named}: is no regular file. Write its content to a file first.")
    if there is None:
        raise DataError(f"{named}: no such file; its folder {folder} does not exist either.")
    same = source.name.lower()
    there.sort(key=lambda name: ending(name) != ending(same))
    stems = {_stem(name): name for name in reversed(there)}
    close = difflib.get_close_matches(_stem(same), stems, n=1, cutoff=0.6)
    hint = (
        f"Did you mean `{folder / stems[close[0]]}`?"
        if close
        else f"Looked in {folder.resolve()}. {_in_folder(folder, there)}"
    )
    raise DataError(f"{named}: no such file. {hint}")


def _readable(folder: Path) -> list[str]:
    """Names of files that may hold rows: of a known ending first, then texts without one."""
    names = sorted(legible(p.name) for p in folder.iterdir() if p.is_file() and p.name[0] != ".")
    known = [name for name in names if ending(name)]
    plain = {"", ".txt"}
    others = [n for n in names if Path(n.lower().removesuffix(".gz")).suffix in plain]
    return known + others


def _in_folder(folder: Path, there: list[str]) -> str:
    if not there:
        return "No file of a form that is read lies in it (.csv, .tsv, .txt, .jsonl, .parquet)."
    some = ", ".join(f"`{folder / name}`" for name in there[:_PROPOSED])
    more = f" and {len(there) - _PROPOSED} more" if len(there) > _PROPOSED else ""
    return f"Name one file; there {'is' if len(there) == 1 else 'are'} {some}{more}."


def _stem(name: str) -> str:
    return Path(name.lower().removesuffix(".gz")).stem


def ending(name: str) -> str | None:
    """Tell the form from a file's ending; None for one that does not say it."""
    return _ENDINGS.get(Path(name.lower().removesuffix(".gz")).suffix)


def _unpacked(raw: bytes, file: str) -> bytes:
    if not raw.startswith(GZIP):
        return raw
    with undamaged(file):
        return gzip.decompress(raw)


@contextmanager
def undamaged(file: str) -> Iterator[None]:
    """Say what is wrong where unpacking fails.

    Args:
        file: the file's name.

    Raises:
        DataError: the gzip file is damaged.
    """
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(
            f"{file}: damaged gzip file ({error}). Fetch or write it again."
        ) from error


def sniffed(text: str) -> str:
    """Tell the form from a file's beginning: csv, tsv or jsonl."""
    start = text[:65_536].lstrip()
    if start.startswith(("{", "[")):
        return "jsonl"
    return "tsv" if "\t" in re.split(r"[\r\n]", start, maxsplit=1)[0] else "csv"


def _read_json_lines(text: str, file: str) -> Table:
    rows: list[dict[str, object]] = []
    lines: list[int] = []
    columns: dict[str, None] = {}
    for number, line in enumerate(text.split("\n"), start=1):  # splitlines would cut at U+2028 too
        if line and not line.isspace():
            row = json_object(line, f"{file}, line {number}")
            columns.update(dict.fromkeys(row))
            rows.append(row)
            lines.append(number)
    names = list(columns)
    return Table(
        file=file,
        columns=names,
        named=True,
        column=lambda index: [row.get(names[index]) for row in rows],
        lines=lines,
        unit="line",
        first=(),
    )


def json_object(line: str, where: str) -> dict[str, object]:
    """Read one line of JSON lines.

    Args:
        line: the line.
        where: says where it stands.

    Raises:
        DataError: it is no JSON, or no object.
    """
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise DataError(
            f"{where}: not valid JSON ({error}), got {shown(line)}. Each line must be one whole "
            "object such as "
            '{"text": "…", "label": 1}; for another form set data.format.'
        ) from error
    if not isinstance(row, dict):
        raise DataError(
            f"{where}: each line must be an object such as {{\"text\": \"…\", \"label\": 1}}, "
            "but got "
            f"{shown(line)}. Write one object a line."
        )  # fmt: skip
    return row


def _read_parquet(source: Path, file: str) -> Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(source) as content:
            table = content.read(use_threads=False)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise DataError(
            f"{file}: not a readable Parquet file ({str(error).splitlines()[0]}). "
            "Write it again, or set data.format to its real form."
        ) from error

    def column(index: int) -> list[object]:
        try:
            return list(table.column(index).to_pylist())
        except (pa.ArrowException, ValueError, OverflowError, NotImplementedError) as error:
            raise DataError(
                f"{file}: column {shown(table.column_names[index])} of type "
                f"{table.column(index).type} "
                f"cannot be read ({error}). Store it as text or number."
            ) from error

    return Table(
        file=file,
        columns=list(table.column_names),
        named=True,
        column=column,
        lines=range(1, table.num_rows + 1),
        unit="row",
        first=(),
        notes=(f"{file}: read as parquet.",),
    )
