"""Which failed attempts at a trial are worth another."""

from collections.abc import Iterable

from sweep.records import TrialResult


class Retries:
    """What struck a worker from outside may pass; what its own code raised comes again by the same line.

    An exception is tried again once, since a full disk or a lost connection raises too. Where the same line raises a
    second time, in this trial or in another, it is known to repeat: no later attempt is spent on it.

    Args:
        attempts: how often a trial is tried at most.
        known: where trials of this sweep have raised already, as `TrialResult.where`.
    """

    def __init__(self, attempts: int, known: Iterable[str] = ()) -> None:
        self._attempts = attempts
        self._known = set(known)

    def again(self, result: TrialResult, tries: int) -> bool:
        """Say whether a trial is tried once more.

        Args:
            result: how its latest attempt ended.
            tries: attempts so far, those left out that were interrupted with the sweep.

        Returns:
            Whether it may end otherwise.
        """
        repeats = result.where is not None and result.where in self._known
        if result.where is not None:
            self._known.add(result.where)
        retry = result.reason is not None and result.reason.retry
        return retry and not repeats and tries < self._attempts
