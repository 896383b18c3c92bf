"""Attempts that failed or were cut short: which are worth another, and how those of a killed command are ended."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import fields

from sweep.confirmation.members import ended
from sweep.records import Reason, Status, TrialKey, TrialResult
from sweep.search.proposals import TrialRecord
from sweep.search.study import ArmStudy
from sweep.tracking.tracker import Tracker
from sweep.workspace import SweepFolder

LOSSES = 5
"""How often a trial is handed out anew whose node was lost; one that has cost more nodes may be what ends them."""


class Retries:
    """What struck a worker from outside may pass; what its own code raised comes again by the same line.

    An exception is tried again once, since a full disk or a lost connection raises too. Where the same line raises a
    second time, in this trial or in another, it is known to repeat: no later attempt is spent on it. An attempt whose
    node was lost counts as none.

    Args:
        attempts: how often a trial is tried at most.
        known: where trials of this sweep have raised already, as `TrialResult.where`.
    """

    def __init__(self, attempts: int, known: Iterable[str] = ()) -> None:
        self._attempts = attempts
        self._known = set(known)
        self._lost: Counter[tuple[str, int | None]] = Counter()

    def again(self, result: TrialResult, tries: int) -> bool:
        """Say whether a trial is tried once more.

        Args:
            result: how its latest attempt ended.
            tries: attempts so far, those left out that were interrupted with the sweep.

        Returns:
            Whether it may end otherwise.
        """
        place = (result.key.trial, result.key.fold)
        if result.reason is Reason.lost:
            self._lost[place] += 1
            return self._lost[place] <= LOSSES
        repeats = result.where is not None and result.where in self._known
        if result.where is not None:
            self._known.add(result.where)
        retry = result.reason is not None and result.reason.retry
        return retry and not repeats and tries - self._lost[place] < self._attempts


def interrupted(key: TrialKey) -> TrialResult:
    """The result of a trial that was stopped with the sweep; it is handed out again on resume.

    Args:
        key: of the trial.

    Returns:
        A FAILED result with the reason `interrupted`.
    """
    return TrialResult(
        key=key,
        status=Status.FAILED,
        reason=Reason.interrupted,
        message="the sweep was stopped; the same command goes on",
    )


def close_leftovers(studies: Mapping[str, ArmStudy], tracker: Tracker, folder: SweepFolder) -> int:
    """Bring into a final state what a killed coordinator left running, in Optuna and in MLflow.

    Args:
        studies: one for each arm.
        tracker: where MLflow runs are closed.
        folder: the sweep's own folder.

    Returns:
        How many trials were cut short, now or by an orderly stop, and will be done again.
    """
    for study in studies.values():
        study.interrupt("the sweep was killed")
    for key in tracker.unfinished:
        if key.fold is not None:
            place = folder.finalist(key.trial).member(key.fold)
            tracker.trial_ended(ended(key, place) or interrupted(key), place.root)
            continue
        known = {record.number: record for record in studies[key.arm].records()}
        record = known.get(key.number)
        result = interrupted(key)
        if record is not None and record.status is not None and record.attempt == key.attempt:
            # Optuna was told and then the kill came: what Optuna knows is true for MLflow, too.
            result = as_result(key, record)
        tracker.trial_ended(result, folder.trial(key.trial).root)
    return sum(study.counts()["interrupted"] for study in studies.values())


def as_result(key: TrialKey, record: TrialRecord) -> TrialResult:
    """The result that a record was made of.

    Args:
        key: of the attempt.
        record: of the trial, in a final state.

    Returns:
        The result.
    """
    shared = {field.name for field in fields(TrialResult)} - {"key"}
    return TrialResult(key=key, **{name: getattr(record, name) for name in shared})
