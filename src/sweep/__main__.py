"""The command line: `python -m sweep` and the console script `sweep`."""

import sys

from sweep.commands import COMMANDS, SWEEP
from sweep.errors import UserError, nearest
from sweep.signals import interrupt, stop_with

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
        with stop_with(interrupt):
            return _run(arguments)
    except UserError as error:
        print(_told(error), file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt:
        print("sweep: interrupted", file=sys.stderr)
        return INTERRUPTED


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
