"""The study in memory that samplers and pruners look at, as if nothing was ever interrupted."""

import copy
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import optuna
from optuna.pruners import BasePruner
from optuna.samplers import BaseSampler
from optuna.trial import Trial, TrialState, create_trial

from sweep.config.settings import Plain
from sweep.records import Reason, Status
from sweep.search.bounded_storage import Memory
from sweep.search.ledger import STATES, Row
from sweep.search.proposals import TrialRecord


class Mirror:
    """Optuna's picture of an arm, rebuilt from the ledger when a search goes on.

    Optuna's storage has further trials, those that were interrupted, so numbers there run ahead.
    Here a trial's number is its place in the budget, and a trial that was interrupted is one that
    runs: what a sampler sees, and the number from which CMA-ES and Hyperband derive randomness,
    are the same whether or not the search was ever killed. It is also quick: no SQL stands
    between a sampler and ten thousand trials.

    Args:
        name: name of the study; Hyperband derives a trial's bracket from it.
        rows: the ledger's rows, from number 0.
        pruner: judges reports.
        max_epochs: epochs of a trial that runs to its end.
        maximize: whether a larger objective is better.
        history: finished trials that a sampler looks at; 0: all.
        rivals: latest complete trials that the pruner compares with; 0: all.
    """

    def __init__(
        self,
        name: str,
        rows: Sequence[Row],
        *,
        pruner: BasePruner,
        max_epochs: int,
        maximize: bool,
        history: int,
        rivals: int,
    ) -> None:
        self._memory = Memory(maximize)
        self._history = history
        self._rivals = rivals
        self._study = optuna.create_study(
            storage=self._memory,
            study_name=name,
            direction="maximize" if maximize else "minimize",
            pruner=pruner,
        )
        self._id = self._memory.get_study_id_from_name(name)
        self._pruner = pruner
        self._max_epochs = max_epochs
        for row in rows:
            self._add(row)
        for key, value in (rows[-1].sequence if rows else {}).items():
            self._memory.set_study_system_attr(self._id, key, value)

    def ask(
        self,
        sampler: BaseSampler,
        fixed: Mapping[str, Plain] | None,
        suggest: Callable[[Trial], dict[str, Plain]],
    ) -> Row:
        """Ask for the next number's trial.

        Args:
            sampler: proposes the values.
            fixed: values to take instead of the sampler's.
            suggest: calls the trial's `suggest_*` methods and returns all values.

        Returns:
            The trial, not yet written anywhere else.
        """
        self._study.sampler = sampler
        if fixed is not None:
            self._study.enqueue_trial(dict(fixed))
        with self._memory.showing(self._history, best=self._history // 4):
            trial = self._study.ask()
            values = suggest(trial)
        frozen = self._memory.get_trial(self._trial(trial.number))
        return Row(
            trial_id=-1,
            record=TrialRecord(number=trial.number, values=values),
            params=dict(frozen.params),
            distributions=dict(frozen.distributions),
            system=dict(frozen.system_attrs),
            sequence=dict(self._memory.get_study_system_attrs(self._id)),
        )

    def report(self, number: int, step: int, best: float, margin: float = 0.0) -> bool:
        """Report a score.

        Args:
            number: the trial's number.
            step: epochs of learning.
            best: best score so far.
            margin: what is added to its scores before the pruner compares them with those of others.

        Returns:
            Whether the pruner would stop the trial.
        """
        self._memory.set_trial_intermediate_value(self._trial(number), step, best)
        return self._judged(number, best, margin)

    def _judged(self, number: int, best: float, margin: float) -> bool:
        trial_id = self._trial(number)
        frozen = self._memory.get_trial(trial_id)
        hopeful = copy.copy(frozen)
        hopeful.intermediate_values = {
            step: value + margin for step, value in frozen.intermediate_values.items()
        }
        with self._memory.showing(self._rivals, pruned=False):
            pruned = self._pruner.prune(self._study, hopeful)
        # Successive halving keeps at each rung what a trial was judged by; rivals are to meet the score itself.
        for key in (
            self._memory.get_trial(trial_id).system_attrs.keys() - frozen.system_attrs.keys()
        ):
            self._memory.set_trial_system_attr(trial_id, key, best)
        return pruned

    def restart(self, row: Row) -> None:
        """Forget what a running trial reported; it starts again.

        Args:
            row: the trial.
        """
        # Optuna has no way to take a report back; without a copy `get_trial` gives the storage's
        # own object, which is ours alone.
        frozen = self._memory.get_trial(self._trial(row.record.number))
        frozen.intermediate_values = {}
        frozen.system_attrs = dict(row.system)

    def kept(self, row: Row, status: Status, value: float | None) -> tuple[int, dict[str, Any]]:
        """Tell what must be stored of a trial that ends so that it can be shown again.

        Args:
            row: the trial.
            status: how it ends.
            value: its objective, if it has one.

        Returns:
            Epochs of learning reported, and what the pruner kept with the trial.
        """
        number = row.record.number
        steps = self._memory.get_trial(self._trial(number)).last_step or 0
        if status is Status.COMPLETE and value is not None:
            # One that stopped early goes up the rungs as far as its best carries it, so that
            # later trials meet it there.
            self._pad(number, status, value)
            self._judged(number, value, margin=0.0)
        attrs = self._memory.get_trial(self._trial(number)).system_attrs
        return steps, {k: v for k, v in attrs.items() if k not in row.system}

    def end(self, number: int, status: Status, value: float | None) -> None:
        """End a running trial.

        Args:
            number: the trial's number.
            status: how it ended.
            value: its objective, if it has one.
        """
        self._pad(number, status, value)
        complete = status is Status.COMPLETE
        self._study.tell(number, value if complete else None, state=STATES[status])

    def settle(self, row: Row) -> None:
        """End a trial whose result was found in the storage.

        Args:
            row: the trial with its final record.
        """
        for step, best in row.reports.items():
            self._memory.set_trial_intermediate_value(self._trial(row.record.number), step, best)
        for key, value in row.judged.items():
            self._memory.set_trial_system_attr(self._trial(row.record.number), key, value)
        if row.record.status is not None:
            self.end(row.record.number, row.record.status, row.record.value)

    def _add(self, row: Row) -> None:
        record = row.record
        trial: dict[str, Any] = {"params": row.params, "distributions": row.distributions}
        if record.status is None or record.reason is Reason.interrupted:
            trial |= {"state": TrialState.RUNNING, "system_attrs": row.system}
        else:
            reports = self._padded(row.reports, record.status, record.value)
            trial |= {
                "state": STATES[record.status],
                "value": _value(record, reports),
                "system_attrs": row.system | row.judged,
                "intermediate_values": reports,
            }
        self._study.add_trial(create_trial(**trial))

    def _pad(self, number: int, status: Status, value: float | None) -> None:
        trial_id = self._trial(number)
        reports = self._memory.get_trial(trial_id).intermediate_values
        for step, best in self._padded(reports, status, value).items():
            if step not in reports:
                self._memory.set_trial_intermediate_value(trial_id, step, best)

    def _padded(
        self, reports: Mapping[int, float], status: Status, value: float | None
    ) -> dict[int, float]:
        padded = dict(reports)
        if status is Status.COMPLETE and value is not None:
            # A trial that stopped early would have no score at later epochs, and the pruner
            # would compare others with fewer and weaker trials there; its best stands for them.
            for step in range(max(reports, default=0) + 1, self._max_epochs + 1):
                padded[step] = value
        return padded

    def _trial(self, number: int) -> int:
        return self._memory.get_trial_id_from_study_id_trial_number(self._id, number)


def _value(record: TrialRecord, reports: Mapping[int, float]) -> float | None:
    if record.status is Status.PRUNED:  # as Study.tell does
        last = reports[max(reports)] if reports else None
        return None if last is None or math.isnan(last) else last
    return record.value if record.status is Status.COMPLETE else None
