"""An orderly end of a command that is asked to stop."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_asked: set[object] = set()


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
        _asked.add(handle)
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
        _asked.discard(handle)
        for number, handler in before.items():
            signal.signal(number, handler)


def stop_asked() -> bool:
    """Tell whether what runs now has been asked to stop; for those who wait."""
    return bool(_asked)


def interrupt() -> None:
    """End what runs now; the command line answers with exit code 130.

    Raises:
        KeyboardInterrupt: always.
    """
    raise KeyboardInterrupt
