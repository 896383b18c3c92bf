"""The command line: `python -m sweep` and the console script `sweep`."""

import contextlib
import signal
import sys
import threading
from collections.abc import Iterator
from types import FrameType

from sweep.commands import COMMANDS, SWEEP
from sweep.errors import UserError, nearest

REFUSED = 2
INTERRUPTED = 130


def main(argv: list[str] | None = None) -> int:
    """Run one command.

    Args:
        argv: the words after the program's name; by default those it was started with.

    Returns:
        The exit code: 0 done, 2 refused, 3 finished but no trial completed, 130 interrupted.
    """
    arguments = sys.argv[1:] if argv is None else argv
    try:
        with _stoppable():
            return _run(arguments)
    except UserError as error:
        print(_told(error), file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt:
        print("sweep: interrupted", file=sys.stderr)
        return INTERRUPTED


@contextlib.contextmanager
def _stoppable() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end a command as Ctrl-C does, from its first moment on."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield  # a program's own thread: Python lets the main thread alone set handlers
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:  # as under nohup
            signal.signal(number, interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _run(arguments: list[str]) -> int:
    first = arguments[0] if arguments else ""
    if first in COMMANDS:
        return COMMANDS[first].run(arguments[1:])
    if first.isidentifier():
        raise UserError(
            f"`{first}` is no command.{nearest(first, COMMANDS)} There are {', '.join(COMMANDS)}; "
            "without one, a sweep is run."
        )
    later = [word for word in arguments if word in COMMANDS]
    if later:
        raise UserError(
            f"`{later[0]}` is a command; write it first: python -m sweep {later[0]} ..."
        )
    return SWEEP.run(arguments)


def _told(error: UserError) -> str:
    bullets = ["- " + text.replace("\n", "\n  ") for text in error.mistakes]
    head = "sweep: refused" if error.begun else "sweep: refused, nothing was run"
    return "\n".join([head, *bullets])


if __name__ == "__main__":
    sys.exit(main())
