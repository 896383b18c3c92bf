"""When each training of a sweep began and ended, as its outbox noted it."""

from typing import NamedTuple

from sweep.tracking.outbox import read_from
from sweep.workspace import SweepFolder


class Span(NamedTuple):
    """A training from its start to its end."""

    name: str
    began: float
    """Seconds."""
    ended: float
    how: str
    """`COMPLETE`, `PRUNED`, `FAILED` or `fold`."""


def spans(folder: SweepFolder) -> list[Span]:
    """Look up when each training began and ended.

    Args:
        folder: the sweep's own.

    Returns:
        The trainings that have ended, by their end.
    """
    began: dict[str, tuple[str, bool, float]] = {}
    found = []
    for event, _ in read_from(folder.outbox, 0):
        kind, run = event.get("kind"), event.get("run", "")
        if kind == "trial_started":
            member = event["key"].get("fold") is not None
            began[run] = (event["name"], member, event["time"] / 1000)
        elif kind == "trial_ended" and run in began:
            name, member, start = began[run]
            how = "fold" if member else str(event["result"]["status"])
            found.append(Span(name, start, event["time"] / 1000, how))
    return found
