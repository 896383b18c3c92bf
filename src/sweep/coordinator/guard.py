"""One process a sweep; and what a refusal that comes late says."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from sweep.errors import LockedError, UserError
from sweep.workspace import SweepFolder


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold a sweep's folder for this process, and make it where it is missing.

    The lock goes with the process, however it ends; a folder in which nothing else was written goes with the lock.

    Args:
        folder: the sweep's own folder.

    Raises:
        LockedError: another process holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = SweepFolder(folder).lock
    lock = FileLock(path, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise LockedError(
            f"{folder} is in use: another command is running this sweep. Wait for it or stop it, "
            "or give this one another `name=`."
        ) from None
    try:
        yield
    finally:
        if folder.exists() and set(folder.iterdir()) == {path}:
            path.unlink()
            folder.rmdir()
        lock.release()


@contextmanager
def begun() -> Iterator[None]:
    """Mark a refusal that comes after some of the command's work is done; it is told as such."""
    try:
        yield
    except UserError as error:
        error.begun = True
        raise
