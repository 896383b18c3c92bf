"""The coordinator: the only one that asks and tells Optuna, and the only one that feeds tracking.

It hands out trials, answers each epoch's report with go on or prune, tries again what a worker's
death cost, and leaves every trial in a final state however it ends. Where it goes on after a kill
is read from Optuna's storage alone.
"""

import logging
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from sweep.config import Config
from sweep.coordinator.retries import Retries, interrupted
from sweep.errors import ClusterLostError, UserError
from sweep.executors import Executor
from sweep.plugins.load import loaded
from sweep.records import Ending, EpochReport, Reason, Status, TrialJob, TrialKey, TrialResult
from sweep.report.forecast import Forecast
from sweep.search.proposals import Proposal
from sweep.search.rounds import Rounds
from sweep.search.space import apply
from sweep.search.study import ArmStudy
from sweep.seeds import derive
from sweep.tracking.tracker import Tracker
from sweep.workspace import SweepFolder

WAKE_S = 0.5  # a signal is answered within this time, well below the 10 s promised
log = logging.getLogger(__name__)


class Observer(Protocol):
    """Who shows the user what happens."""

    def started(self, key: TrialKey) -> None:
        """A worker has begun a trial."""

    def epoch(self, report: EpochReport) -> None:
        """A trial has finished an epoch."""

    def ended(self, result: TrialResult, again: bool) -> None:
        """An attempt has ended; `again` says whether the trial is tried once more."""

    def tick(self) -> None:
        """Time has passed."""


@dataclass
class Active:
    """A trial in a worker."""

    study: ArmStudy
    proposal: Proposal
    job: TrialJob
    began: float = 0.0
    """By the clock, in seconds."""
    wall_s: float = 0.0
    """What earlier attempts have taken of the sweep's time."""


class SearchLoop:
    """Runs the search of every arm to its budget.

    Args:
        config: the sweep's configuration.
        studies: one for each arm, in the order of the arms.
        executor: where trials run, started.
        tracker: where they are recorded, started.
        observer: who shows them.
        corpus: folder of the cached corpus.
        folder: the sweep's own folder.
        tags: what each MLflow run of a trial carries.
        forecast: what tells whether a further round fits into `search.minutes`; by default nothing is confirmed.
        clock: seconds, from any beginning.
    """

    def __init__(
        self,
        config: Config,
        *,
        studies: Mapping[str, ArmStudy],
        executor: Executor,
        tracker: Tracker,
        observer: Observer,
        corpus: Path,
        folder: SweepFolder,
        tags: Mapping[str, str],
        forecast: Forecast | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.config = config
        self.studies = dict(studies)
        self.forecast = forecast or Forecast(
            studies=self.studies, slots=executor.slots, minutes=config.search.minutes
        )
        self._rounds = Rounds(self.studies)
        self._clock = clock
        self.executor = executor
        self.tracker = tracker
        self.observer = observer
        self.corpus = corpus
        self.folder = folder
        self.tags = dict(tags)
        self.active: dict[tuple[str, int], Active] = {}
        self.again: deque[Active] = deque()
        self.stop_asked = False
        self.given_up: str | None = None
        known = (r.where for study in studies.values() for r in study.records() if r.where)
        self._retries = Retries(config.executor.attempts, known)
        self._works = self._completed
        self._failures: list[TrialResult] = []

    def stop(self) -> None:
        """Ask the search to end soon; safe to call from a signal handler."""
        self.stop_asked = True

    def search(self) -> Ending:
        """Run until every arm's budget is used, a stop is asked for, or nothing ever works.

        Returns:
            How it ended; afterwards no worker runs and every trial is in a final state.
        """
        try:
            while not self.stop_asked and self.given_up is None:
                self._fill()
                if not self.active:
                    break
                for event in self.executor.wait(WAKE_S):
                    self._handle(event)
                self.observer.tick()
            if self.given_up is not None:
                return Ending.given_up
            # A stop that came while slots were filled has left trials to do; one that came after the last has not.
            if self.active or self.again or self._rounds.left:
                return Ending.interrupted
            if not self.stop_asked:
                self._rounds.close()
            elif self._rounds.open:
                return Ending.interrupted
            return Ending.complete if self._completed else Ending.fruitless
        except ClusterLostError as error:
            log.warning("%s", error)
            return Ending.interrupted
        finally:
            self._leave_none_running()

    @property
    def _completed(self) -> bool:
        return any(study.counts()["complete"] for study in self.studies.values())

    def _fill(self) -> None:
        while len(self.active) < self.executor.slots and not self.stop_asked:
            if self.again:
                active = self.again.popleft()
            else:
                found = self._next()
                if found is None:
                    return
                active = found
            self._submit(active)

    def _next(self) -> Active | None:
        while not self.stop_asked and self.given_up is None:
            found = self._rounds.next(lambda: self.forecast.fits(len(self.active)))
            if found is None:
                return None
            study, proposal = found
            try:
                return Active(study, proposal, self._job(study.arm, proposal))
            except UserError as error:
                self._refuse(study, proposal, error)
        return None

    def _refuse(self, study: ArmStudy, proposal: Proposal, error: UserError) -> None:
        # Each value is allowed, but not beside the others; no worker is needed to see that.
        key = TrialKey(arm=study.arm, number=proposal.number, attempt=proposal.attempt)
        result = TrialResult(
            key=key, status=Status.FAILED, reason=Reason.refused, message=str(error)
        )
        self.tracker.trial_started(key, proposal.values, self.tags)
        self.observer.started(key)
        self._tell(study, result)

    def _job(self, arm: str, proposal: Proposal) -> TrialJob:
        key = TrialKey(arm=arm, number=proposal.number, attempt=proposal.attempt)
        return TrialJob(
            key=key,
            config=apply(self.config, proposal.values),
            seed=derive(self.config.seed, "trial", proposal.number),
            corpus=self.corpus,
            folder=self.folder.trial(key.trial).root,
            plugins=loaded(),
        )

    def _submit(self, active: Active) -> None:
        key = active.job.key
        proposal = active.proposal
        active.study.start_attempt(key.number, key.attempt)
        tags = self.tags | {"seed": str(active.job.seed)}
        if proposal.replicate_of is not None:
            tags["replicate_of"] = f"{key.arm}-{proposal.replicate_of}"
        self.tracker.trial_started(key, proposal.values, tags)
        active.began = self._clock()
        self.active[key.arm, key.number] = active
        self.executor.submit(active.job)
        self.observer.started(key)

    def _handle(self, event: EpochReport | TrialResult) -> None:
        active = self.active.get((event.key.arm, event.key.number))
        if active is None or active.job.key != event.key:
            log.warning("a late message of %s is dropped", event.key)
        elif isinstance(event, EpochReport):
            prune = active.study.report(event.key.number, event.learned, event.best, event.error)
            self.executor.answer(event.key, prune)
            self.tracker.epoch(event)
            self.observer.epoch(event)
        else:
            self._end(active, event)

    def _end(self, active: Active, result: TrialResult) -> None:
        key = result.key
        del self.active[key.arm, key.number]
        active.wall_s += (self._clock() - active.began) / self.executor.slots
        again = self._retries.again(result, key.attempt - active.proposal.interruptions)
        if again:
            job = replace(active.job, key=replace(key, attempt=key.attempt + 1))
            self.again.append(replace(active, job=job))
        self._tell(active.study, result, again=again, wall_s=active.wall_s)

    def _tell(
        self, study: ArmStudy, result: TrialResult, again: bool = False, wall_s: float = 0.0
    ) -> None:
        if not again:
            study.tell(result.key.number, result, wall_s)
            self._watch_failures(result)
        self.tracker.trial_ended(result, self.folder.trial(result.key.trial).root)
        self.observer.ended(result, again)

    def _watch_failures(self, result: TrialResult) -> None:
        self._works = self._works or result.status is not Status.FAILED
        self._failures.append(result)
        last = self._failures[-self.config.executor.give_up_after :]
        if self._works or len(last) < self.config.executor.give_up_after:
            return
        if len({failed.reason for failed in last}) == 1:
            told = result.message.partition("\n")[0]
            self.given_up = (
                f"{len(last)} trials in a row failed with the reason `{result.reason}` and none has "
                f"completed; the last one said: {told}"
            )

    def _leave_none_running(self) -> None:
        self.executor.close()
        for active in self.active.values():
            self.tracker.trial_ended(interrupted(active.job.key), active.job.folder)
        self.active.clear()
        self.again.clear()
        for study in self.studies.values():
            study.interrupt("the sweep was stopped")
