"""The confirmation: finalists are trained with each fold held out in turn, and race for the place of the winner.

Its state is the members' folders alone: what stands there whole, for the same job, is not trained again. Who drops out
follows from the scores, fold by fold, so that neither a kill nor the number of workers changes the outcome.
"""

import logging
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from sweep.config import Config
from sweep.confirmation.finalists import Finalist, Standing, finalists, stand
from sweep.confirmation.members import Folds, Member, job_of, keep, kept, note_folds
from sweep.confirmation.outcome import Outcome
from sweep.coordinator.retries import Retries, interrupted
from sweep.coordinator.search_loop import WAKE_S, Observer
from sweep.data.corpus import SplitCorpus
from sweep.errors import ClusterLostError
from sweep.executors import Event, Executor
from sweep.records import Ending, EpochReport, TrialJob, TrialKey, TrialResult
from sweep.report.progress import Progress
from sweep.report.watched import Confirmed
from sweep.search.study import ArmStudy
from sweep.signals import stop_with
from sweep.tracking.tracker import Tracker
from sweep.workspace import SweepFolder, Workspace

NOT_CONFIRMED = (
    "not confirmed: the winner is the best by one draw of the validation part, so its score there is too good; one "
    "network is exported instead of a bag, and no arm is called better. confirm.top=2 confirms."
)
log = logging.getLogger(__name__)


def confirm(
    config: Config,
    *,
    held_out: Sequence[SplitCorpus],
    studies: Mapping[str, ArmStudy],
    executor: Executor,
    tracker: Tracker,
    console: Console,
    tags: Mapping[str, str],
    member_s: float | None = None,
) -> tuple[Ending, Outcome | None]:
    """Confirm the best trials of a search, or go on where an earlier command was stopped.

    Args:
        config: the sweep's configuration.
        held_out: the corpus with each fold held out, repetition after repetition; none where nothing is confirmed.
        studies: one for each arm, in order.
        executor: where members train, started.
        tracker: where they are recorded, started.
        console: where to write.
        tags: what each MLflow run carries.
        member_s: seconds that a member is expected to take, by what the search took.

    Returns:
        Whether it is complete or was interrupted, and what was found; None where there is nothing to confirm.
    """
    from sweep.text.cache import store_corpus

    metric = config.objective.metric
    records = {arm: study.records() for arm, study in studies.items()}
    entered = finalists(records, config.confirm.top, metric.maximize)
    if not entered:
        console.print(NOT_CONFIRMED, markup=False, soft_wrap=True)
        return Ending.complete, None
    for note in held_out[0].notes:
        console.print(f"  note: {note}", markup=False, style="dim")
    workspace = Workspace(Path(config.workdir))
    corpora = tuple(store_corpus(workspace.cache, fold) for fold in held_out)
    note_folds(workspace.sweep(config.sweep), corpora)
    loop = Confirmation(
        config,
        entered=entered,
        folds=Folds(corpora=corpora, count=len(corpora) // config.confirm.repeats),
        executor=executor,
        tracker=tracker,
        folder=workspace.sweep(config.sweep),
        tags=tags,
    )

    def expected() -> tuple[float, float] | None:
        return loop.expected(member_s)

    watched = Confirmed(loop.done, loop.rows, expected)
    with Progress(console, watched, str(metric)) as progress, stop_with(loop.stop):
        ending = loop.run(progress)
    return ending, loop.outcome() if ending is Ending.complete else None


class Confirmation:
    """Trains the members of the finalists until each has dropped out or has them all.

    Args:
        config: the sweep's configuration.
        entered: the finalists.
        folds: the corpora that their members train on.
        executor: where they train, started.
        tracker: where they are recorded, started.
        folder: the sweep's own folder.
        tags: what each MLflow run of a member carries.
        clock: seconds, from any beginning.
    """

    def __init__(
        self,
        config: Config,
        *,
        entered: Sequence[Finalist],
        folds: Folds,
        executor: Executor,
        tracker: Tracker,
        folder: SweepFolder,
        tags: Mapping[str, str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self.config = config
        self.entered = list(entered)
        self.folds = folds
        self.executor = executor
        self.tracker = tracker
        self.folder = folder
        self.tags = dict(tags) | {"kind": "confirm"}
        self.members: dict[tuple[str, int], Member] = {}
        self.active: dict[tuple[str, int], TrialJob] = {}
        self.began: dict[tuple[str, int], float] = {}
        self.wall_s: dict[tuple[str, int], float] = {}
        self.again: deque[TrialJob] = deque()
        self.stop_asked = False
        self._retries = Retries(config.executor.attempts)
        self._take_up()

    def stop(self) -> None:
        """Ask the confirmation to end soon; safe to call from a signal handler."""
        self.stop_asked = True

    def standing(self) -> Standing:
        """Say who is in the race, and which fold it waits for."""
        answers = {place: member.answered for place, member in self.members.items()}
        maximize = self.config.objective.metric.maximize
        return stand(self.entered, answers, len(self.folds.corpora), maximize)

    def done(self) -> tuple[int, int]:
        """Count the members that have ended, and those that there will be where nobody else drops out."""
        running, folds = self.standing().running, range(len(self.folds.corpora))
        places = {(finalist.name, fold) for finalist in running for fold in folds}
        return len(self.members), len(places | set(self.members))

    def rows(self) -> list[tuple[str, int, float | None, str]]:
        """Tell of each finalist its name, folds done, mean score so far, and why it dropped out."""
        dropped = self.standing().dropped
        told = []
        for finalist in self.entered:
            name = finalist.name
            values = [m.result.value for (n, _), m in self.members.items() if n == name]
            known = [value for value in values if value is not None]
            mean = sum(known) / len(known) if known else None
            told.append((name, len(known), mean, dropped[name].why if name in dropped else ""))
        return told

    def expected(self, member_s: float | None = None) -> tuple[float, float] | None:
        """Tell what members have taken of the sweep's time, and what those to come will if nobody else drops out.

        Args:
            member_s: seconds that one is expected to take while none has ended.
        """
        ended, there = self.done()
        spent = sum(member.wall_s for member in self.members.values())
        each = spent / ended if ended else member_s
        return None if each is None else (spent, (there - ended) * each)

    def outcome(self) -> Outcome:
        """Tell what was found; the race is over."""
        return Outcome(
            config=self.config,
            entered=self.entered,
            standing=self.standing(),
            members=self.members,
            folds=self.folds,
            folder=self.folder,
        )

    def run(self, observer: Observer) -> Ending:
        """Train until the race is over or a stop is asked for.

        Args:
            observer: who shows the members.

        Returns:
            complete or interrupted; afterwards no worker runs.
        """
        try:
            while not self.stop_asked:
                self._fill(observer)
                if not self.active:
                    break
                for event in self.executor.wait(WAKE_S):
                    self._handle(event, observer)
                observer.tick()
            over = self.standing().fold == len(self.folds.corpora)
            return Ending.complete if over else Ending.interrupted
        except ClusterLostError as error:
            log.warning("%s", error)
            return Ending.interrupted
        finally:
            self.executor.close()
            for job in self.active.values():
                self.tracker.trial_ended(interrupted(job.key), job.folder)
            self.active.clear()

    def _fill(self, observer: Observer) -> None:
        while len(self.active) < self.executor.slots and not self.stop_asked:
            job = self.again.popleft() if self.again else self._next()
            if job is None:
                return
            values = {f.name: f.values for f in self.entered}[job.key.trial]
            tags = self.tags | {"seed": str(job.seed), "fold": str(job.key.fold)}
            self.tracker.trial_started(job.key, values, tags)
            self.active[_place(job.key)] = job
            self.began[_place(job.key)] = self._clock()
            self.executor.submit(job)
            observer.started(job.key)

    def _next(self) -> TrialJob | None:
        standing = self.standing()
        folds = range(standing.fold, len(self.folds.corpora))
        due = [(f, standing.fold) for f in standing.running if standing.fold in folds]
        # A free slot need not wait for the others' fold: whoever is best in its arm stays to the last.
        due += [(f, fold) for fold in folds[1:] for f in self._leaders(standing)]
        taken = set(self.members) | set(self.active)
        for finalist, fold in due:
            if (finalist.name, fold) not in taken:
                return self._job(finalist, fold)
        return None

    def _job(self, finalist: Finalist, fold: int) -> TrialJob:
        return job_of(
            finalist,
            fold,
            config=self.config,
            corpora=self.folds.corpora,
            folder=self.folder,
        )

    def _take_up(self) -> None:
        for finalist in self.entered:
            for fold in range(len(self.folds.corpora)):
                if (member := kept(self._job(finalist, fold))) is not None:
                    self.members[finalist.name, fold] = member

    def _leaders(self, standing: Standing) -> list[Finalist]:
        sign = 1 if self.config.objective.metric.maximize else -1

        def score(finalist: Finalist) -> float:
            known = [self.members[finalist.name, k].result.value for k in range(standing.fold)]
            values = [value for value in known if value is not None] or [finalist.value]
            return sign * sum(values) / len(values)

        arms = dict.fromkeys(f.arm for f in standing.running)
        return [max((f for f in standing.running if f.arm == arm), key=score) for arm in arms]

    def _handle(self, event: Event, observer: Observer) -> None:
        job = self.active.get(_place(event.key))
        if job is None or job.key != event.key:
            log.warning("a late message of %s is dropped", event.key)
        elif isinstance(event, EpochReport):
            self.executor.answer(event.key, False)
            self.tracker.epoch(event)
            observer.epoch(event)
        else:
            observer.ended(*self._end(job, event))

    def _end(self, job: TrialJob, result: TrialResult) -> tuple[TrialResult, bool]:
        place = _place(job.key)
        del self.active[place]
        held = (self._clock() - self.began.pop(place)) / self.executor.slots
        self.wall_s[place] = held + self.wall_s.get(place, 0.0)
        result = result.checked()
        again = self._retries.again(result, result.key.attempt)
        if again:
            key = replace(result.key, attempt=result.key.attempt + 1)
            self.again.append(replace(job, key=key))
        else:
            self.members[place] = keep(job, result, self.wall_s[place])
        self.tracker.trial_ended(result, job.folder)
        return result, again


def _place(key: TrialKey) -> tuple[str, int]:
    assert key.fold is not None, "a member has a fold"
    return key.trial, key.fold
