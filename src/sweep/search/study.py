"""One arm's study: hands out trials, hears how they go, and remembers everything across a kill."""

import json
import logging
import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from optuna.samplers import BaseSampler
from optuna.storages import BaseStorage

from sweep.config import Config, SamplerName
from sweep.config.settings import Plain
from sweep.records import Reason, Status, TrialKey, TrialResult
from sweep.search.ledger import NOTHING, Ledger, Row, study_name
from sweep.search.mirror import Mirror
from sweep.search.proposals import Proposal, TrialRecord, as_json, as_record, counted
from sweep.search.pruners import build_pruner
from sweep.search.samplers import build_sampler, drawn_at_random, looked_at
from sweep.search.space import Space
from sweep.search.start import shuffled_grid
from sweep.seeds import derive

MINUTES = "used_minutes"
"""User attribute of a study: see `ArmStudy.used_minutes`."""
log = logging.getLogger(__name__)


class ArmStudy:
    """Asks and tells Optuna for one arm; the only writer of its study.

    Each proposal gets a sampler of its own, seeded by the number, that looks at the mirror;
    whatever it remembers beside the trials (CMA-ES its optimizer, QMC the position in its
    sequence) is stored with the proposal. So with one worker a search that was killed and resumed
    proposes what an uninterrupted one does, to the bit.

    Args:
        storage: what `open_storage` gave; all arms share it.
        config: all settings; their own values are the first trial.
        space: the search space.
        arm: name of the arm, one of `space.arms`.
        about: kept with the study.

    Raises:
        UserError: sampler, pruner or space do not fit together.
    """

    def __init__(
        self,
        storage: BaseStorage,
        config: Config,
        space: Space,
        arm: str,
        about: Mapping[str, Any] = NOTHING,
    ) -> None:
        self.arm = arm
        self._space = space
        self._base = config
        self._sampler = config.sampler
        self._random_share = config.search.random_share
        self._seed = config.seed
        # Where trials search their epochs, the most are taken.
        self._max_epochs = space.largest("trainer.max_epochs", config.trainer.max_epochs)
        self._maximize = config.objective.metric.maximize
        self._margin = config.pruner.margin if self._maximize else -config.pruner.margin
        self._pruner = build_pruner(config.pruner, max_epochs=self._max_epochs)
        self._looked_at = looked_at(config.sampler, config.pruner)
        self._sampler_for(0)
        grid = self._sampler.name is SamplerName.grid
        self._grid = shuffled_grid(space, arm, config) if grid else None
        most = [config.search.trials, None if self._grid is None else len(self._grid)]
        self._most = min((n for n in most if n is not None), default=None)
        self._ledger = Ledger(storage, study_name(config.sweep, arm), self._maximize, about)
        self.used_minutes: float = self._ledger.noted(MINUTES, 0.0)
        """The largest `search.minutes` that a search has used up; 0 where none has."""
        self._load()
        self._minutes = config.search.minutes or 0.0
        self._budget = 0
        self.grant(len(self._rows) if self._minutes else sys.maxsize)

    @property
    def budget(self) -> int:
        """Trials of this arm so far; a grid may hold fewer than asked for."""
        return self._budget

    @property
    def further(self) -> int | None:
        """Trials that `search.minutes` may still bring beyond the budget; None where nothing but time ends them."""
        if self.used_minutes >= self._minutes:
            return 0
        return None if self._most is None else self._most - self._budget

    def grant(self, trials: int) -> None:
        """Raise the budget, as far as `search.trials` and a grid allow.

        Args:
            trials: of this arm, those that it has among them.
        """
        most = trials if self._most is None else min(trials, self._most)
        self._budget = max(self._budget, most)

    def use_up(self) -> None:
        """Note that the search has used up its `search.minutes`: the same command searches no further."""
        self.used_minutes = max(self._minutes, self.used_minutes)
        self._ledger.note({MINUTES: self.used_minutes})

    @property
    def left(self) -> int:
        """Numbers of the budget that `next` has still to hand out."""
        return max(0, self._budget - len(self._rows)) + len(self._due())

    def next(self) -> Proposal | None:
        """Hand out the next trial: first those that were interrupted, then new ones.

        Returns:
            A trial that is running from now on, or None when the budget is handed out.
        """
        if due := self._due():
            return self._again(due[0])
        if len(self._rows) >= self._budget:
            return None
        try:
            return self._propose(len(self._rows))
        except BaseException:
            # The mirror may hold a trial now that the storage does not; the storage is right.
            self._load()
            raise

    def start_attempt(self, number: int, attempt: int) -> None:
        """Begin a running trial anew, after its worker died; nothing to do for the attempt proposed.

        Args:
            number: the trial's number.
            attempt: which attempt begins.
        """
        row = self._running(number, f"attempt {attempt}")
        if row is not None and row.record.attempt != attempt:
            self._ledger.attempt(row.trial_id, attempt)
            row.record = replace(row.record, attempt=attempt)
            self._mirror.restart(row)

    def report(self, number: int, learned: int, best: float, error: float) -> bool:
        """Hear how a running trial goes.

        Args:
            number: the trial's number.
            learned: epochs since its score left chance level; Optuna's step, so that a late start costs no rank.
            best: best objective so far.
            error: standard error of that score.

        Returns:
            Whether the trial should be pruned.
        """
        row = self._running(number, f"report of epoch {learned} of learning")
        if row is None or not learned:
            return False
        self._ledger.report(row.trial_id, learned, float(best))
        return self._mirror.report(number, learned, float(best), self._margin * float(error))

    def tell(self, number: int, result: TrialResult, wall_s: float | None = None) -> None:
        """Hear how a trial ended; a result that comes twice or late is ignored.

        Args:
            number: the trial's number.
            result: how it ended.
            wall_s: seconds that it took of the sweep's time, see `TrialRecord.wall_s`.
        """
        if (row := self._running(number, "result")) is None:
            return
        if result.key.attempt != row.record.attempt:
            log.info("%s-%d: result of an earlier attempt ignored.", self.arm, number)
            return
        self._end(row, result.checked(), wall_s)

    def interrupt(self, message: str) -> int:
        """End every running trial as interrupted; `next` hands it out again.

        A trial whose result was stored before the process died keeps that result.

        Args:
            message: what happened.

        Returns:
            How many trials were interrupted.
        """
        running = [row for row in self._rows if row.record.status is None]
        for row in running:
            if row.result is None:
                key = TrialKey(arm=self.arm, number=row.record.number, attempt=row.record.attempt)
                failed = TrialResult(key=key, status=Status.FAILED, message=message)
                self._end(row, replace(failed, reason=Reason.interrupted))
                continue
            self._ledger.finish(row.trial_id, row.result)
            row.record = as_record(row.record, row.result)
            if row.record.reason is not Reason.interrupted:
                self._mirror.settle(row)
        return sum(row.record.reason is Reason.interrupted for row in running)

    def records(self) -> list[TrialRecord]:
        """List what is known, one record a number, sorted."""
        return [row.record for row in self._rows]

    def counts(self) -> dict[str, int]:
        """Count the numbers: complete (at chance or not), pruned, failed, interrupted (to be done again), running."""
        return counted(self.records())

    def best(self) -> TrialRecord | None:
        """Find the complete trial with the best objective; of equals, the lower number."""
        complete = [r for r in self.records() if r.status is Status.COMPLETE]
        sign = -1 if self._maximize else 1
        return min(complete, key=lambda r: (sign * (r.value or 0.0), r.number), default=None)

    def _due(self) -> list[Row]:
        handed = self._rows[: self._budget]
        return [row for row in handed if row.record.reason is Reason.interrupted]

    def _load(self) -> None:
        self._rows = self._ledger.rows()
        self._first: dict[str, int] = {}
        for row in self._rows:
            self._first.setdefault(_text(row.record.values), row.record.number)
        self._mirror = Mirror(
            f"{self._seed}/{self.arm}",
            self._rows,
            pruner=self._pruner,
            max_epochs=self._max_epochs,
            maximize=self._maximize,
            **self._looked_at,
        )

    def _propose(self, number: int) -> Proposal:
        row = self._mirror.ask(
            self._sampler_for(number),
            self._fixed(number),
            lambda trial: self._space.suggest(trial, self.arm),
        )
        text = _text(row.record.values)
        row.record = replace(row.record, replicate_of=self._first.get(text))
        row.trial_id = self._ledger.add(row)
        self._first.setdefault(text, number)
        self._rows.append(row)
        return self._proposal(row)

    def _again(self, row: Row) -> Proposal:
        was = row.record
        record = TrialRecord(
            number=was.number, values=was.values, attempt=was.attempt + 1, replicate_of=was.replicate_of
        )  # fmt: skip
        row.trial_id = self._ledger.add(replace(row, record=record))
        row.record = record
        row.result = None
        row.interruptions += 1
        self._mirror.restart(row)
        return self._proposal(row)

    def _end(self, row: Row, result: TrialResult, wall_s: float | None = None) -> None:
        steps, judged = self._mirror.kept(row, result.status, result.value)
        row.result = as_json(result, steps=steps, judged=judged, wall_s=wall_s)
        self._ledger.finish(row.trial_id, row.result)
        row.record = as_record(row.record, row.result)
        if result.reason is not Reason.interrupted:
            self._mirror.end(row.record.number, result.status, result.value)

    def _running(self, number: int, what: str) -> Row | None:
        row = self._rows[number]
        if row.record.status is None:
            return row
        log.info("%s-%d has ended, its late %s is ignored.", self.arm, number, what)
        return None

    def _proposal(self, row: Row) -> Proposal:
        return Proposal(
            number=row.record.number,
            attempt=row.record.attempt,
            values=row.record.values,
            replicate_of=row.record.replicate_of,
            trial_id=row.trial_id,
            interruptions=row.interruptions,
        )

    def _sampler_for(self, number: int) -> BaseSampler:
        drawn = drawn_at_random(self._sampler, self._random_share, number + 1)
        # Before it has seen enough a sampler draws by itself, from the same seed.
        late = number in drawn and number >= self._sampler.startup_trials
        return build_sampler(
            replace(self._sampler, name=SamplerName.random) if late else self._sampler,
            seed=derive(self._seed, self.arm, number),
            arm_seed=derive(self._seed, self.arm),
        )

    def _fixed(self, number: int) -> Mapping[str, Plain] | None:
        if self._grid is not None:
            return self._grid[number]
        return self._space.defaults(self.arm, self._base) if number == 0 else None


def _text(values: Mapping[str, Plain]) -> str:
    return json.dumps(values, sort_keys=True)
