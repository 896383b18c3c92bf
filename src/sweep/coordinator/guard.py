"""One process a sweep; and what a refusal that comes late says."""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from sweep.errors import LockedError, UserError
from sweep.storage.place import Place
from sweep.storage.postgres import claimed
from sweep.workspace import SweepFolder

LOOK_S = 0.5
"""How long a command tries again that finds the folder in use: a look (`held`) keeps it for less than a millisecond."""


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
    lock = FileLock(path)
    try:
        lock.acquire(timeout=LOOK_S, poll_interval=0.01)
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
def sole(folder: Path, place: Place, say: Callable[[str], None] = print) -> Iterator[None]:
    """Be the one process that works on a sweep: in its folder, and on whatever host where its trials lie on a server.

    Args:
        folder: the sweep's own folder.
        place: where its trials lie.
        say: gets a line where the server is waited for.

    Raises:
        LockedError: another process is.
    """
    with alone(folder), claimed(place, folder.name, say):
        yield


def held(folder: Path) -> bool:
    """Say whether a process holds a sweep's folder.

    Linux shows no other process this kind of lock (`F_GETLK` knows another kind only), so that it has to be tried. It
    is tried as one reader among others: two looks at once do not take each other for a running sweep.

    Args:
        folder: the sweep's own folder.
    """
    try:
        with SweepFolder(folder).lock.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


@contextmanager
def begun() -> Iterator[None]:
    """Mark a refusal that comes after some of the command's work is done; it is told as such."""
    try:
        yield
    except UserError as error:
        error.begun = True
        raise
