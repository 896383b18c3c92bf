"""Files that appear whole, and the hash that proves it."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from sweep.errors import BundleError


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file so that a reader, or a crash, sees all of it or nothing.

    Args:
        path: where it goes; the text is written beside it, flushed to the disk and renamed.
        content: text (UTF-8) or bytes.
    """
    data = content.encode() if isinstance(content, str) else content
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with beside.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def write_json(path: Path, value: Any) -> None:
    """Write a value as indented JSON, whole.

    Args:
        path: where it goes.
        value: plain JSON types; NaN is refused, since JSON has none.
    """
    write_whole(path, json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def sha256(path: Path) -> str:
    """Hash a file.

    Args:
        path: an existing file.

    Returns:
        Its SHA-256 in hexadecimal.
    """
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def check_unchanged(path: Path, digest: str | None) -> None:
    """See that a trial's file is the one that its training wrote.

    Args:
        path: the file.
        digest: SHA-256 that it had then; None where the trial is older than this check.

    Raises:
        BundleError: it is missing, or was changed.
    """
    again = "Run the sweep's command again under another `name=`."
    if not path.is_file():
        raise BundleError(f"{path} is missing. {again}")
    if digest is not None and (found := sha256(path)) != digest:
        raise BundleError(
            f"{path} must have the SHA-256 {digest}, but has {found}: it was changed after training "
            f"and is not read. {again}"
        )
