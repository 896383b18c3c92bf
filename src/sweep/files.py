"""Files and folders that appear whole, the hash that proves it, and locks between processes."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sweep.errors import BundleError
from sweep.workspace import lock_of


def write_whole(path: Path, content: str | bytes, *, at_once: bool = True) -> None:
    """Write a file so that a reader, or a crash, sees all of it or nothing.

    Args:
        path: where it goes; the content is written beside it, flushed to the disk and renamed.
        content: text (UTF-8) or bytes.
        at_once: whether the disk is waited for; otherwise a crash of the machine, not of the program, may lose it.
    """
    with whole_file(path, at_once=at_once) as partial:
        partial.write_bytes(content.encode() if isinstance(content, str) else content)


def write_json(path: Path, value: Any) -> None:
    """Write a value as indented JSON, whole.

    Args:
        path: where it goes.
        value: plain JSON types; NaN is refused, since JSON has none.
    """
    write_whole(path, json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


@contextmanager
def whole_file(path: Path, *, at_once: bool = True) -> Iterator[Path]:
    """Give a place to write a file at; it takes its name when the block ends well.

    Args:
        path: where it goes.
        at_once: whether the disk is waited for.

    Yields:
        A path beside it, of the same ending, that nobody else writes.
    """
    beside = path.with_name(f".part-{os.getpid()}-{path.name}")
    try:
        yield beside
        if at_once:
            flush(beside)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """Give an empty folder to fill; it takes its name, and the place of an earlier one, when the block ends well.

    Args:
        path: where it goes; its parent is made where absent. One process at a time (see `locked`).

    Yields:
        A folder beside it.
    """
    partial, earlier = path.with_name(f".{path.name}.part"), path.with_name(f".{path.name}.old")
    path.parent.mkdir(parents=True, exist_ok=True)
    if earlier.exists() and not path.exists():
        earlier.rename(path)  # a crash came between the two renamings below
    for remains in (partial, earlier):  # of a crash
        shutil.rmtree(remains, ignore_errors=True)
    try:
        partial.mkdir()
        yield partial
        for inside in (*partial.rglob("*"), partial):
            flush(inside)
        if path.exists():
            path.rename(earlier)
        partial.rename(path)
        flush(path.parent)
    finally:
        for remains in (partial, earlier):
            shutil.rmtree(remains, ignore_errors=True)


@contextmanager
def locked(path: Path, timeout: float = -1) -> Iterator[None]:
    """Let one process at a time in; the others wait. The lock goes with its process, however that ends.

    Args:
        path: what is written under the lock; the lock's file lies beside it.
        timeout: seconds to wait at most; without an end by default.

    Raises:
        TimeoutError: another process has held it for so long.
    """
    # Takes 30 ms to import, which a command that writes nothing need not wait for.
    from filelock import FileLock

    with FileLock(lock_of(path), timeout=timeout):
        yield


def flush(path: Path) -> None:
    """Wait until the disk has a file or a folder's list of names.

    Args:
        path: an existing file or folder.
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sha256(path: Path) -> str:
    """Hash a file.

    Args:
        path: an existing file.

    Returns:
        Its SHA-256 in hexadecimal.
    """
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def check_unchanged(path: Path, digest: str | None, again: str = "") -> None:
    """See that a trial's file is the one that its training wrote.

    Args:
        path: the file.
        digest: SHA-256 that it had then; None where the trial is older than this check.
        again: what to do where it is not.

    Raises:
        BundleError: it is missing, or was changed.
    """
    if not path.is_file():
        raise BundleError(f"{path} is missing. {again}")
    if digest is not None and (found := sha256(path)) != digest:
        raise BundleError(
            f"{path} must have the SHA-256 {digest}, but has {found}: it was changed after training "
            f"and is not read. {again}"
        )


def json_lines(path: Path) -> list[dict[str, Any]]:
    """Read a file of one JSON object a line, which a process may have been killed over.

    Args:
        path: the file.

    Returns:
        Its objects up to the first line that is none, such as a last one that was cut; nothing without the file.
    """
    found: list[dict[str, Any]] = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
        try:
            told = json.loads(line)
        except ValueError:
            break
        if not isinstance(told, dict):
            break
        found.append(told)
    return found
