"""One process a sweep, and an orderly end when it is asked to stop."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from filelock import FileLock, Timeout

from sweep.errors import LockedError, UserError
from sweep.workspace import SweepFolder

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


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


@contextmanager
def stop_with(action: Callable[[], None]) -> Iterator[None]:
    """Let Ctrl-C, SIGTERM and SIGHUP call something; a second one interrupts at once.

    Python lets the main thread alone set handlers; in another one, as a program may call us, signals stay as they are.

    Args:
        action: safe to call between any two instructions.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    asked = False

    def handle(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True
        action()

    before = {number: signal.getsignal(number) for number in STOPPING}
    # Under nohup the end of a terminal means nothing, and is to mean nothing.
    ignored = before[signal.SIGHUP] is signal.SIG_IGN
    for number in STOPPING:
        if number is not signal.SIGHUP or not ignored:
            signal.signal(number, handle)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def interrupt() -> None:
    """End what runs now; the command line answers with exit code 130.

    Raises:
        KeyboardInterrupt: always.
    """
    raise KeyboardInterrupt
