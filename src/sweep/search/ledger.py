"""What Optuna's storage keeps about an arm: the truth that everything else follows."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import optuna
from optuna.distributions import BaseDistribution
from optuna.exceptions import UpdateFinishedTrialError
from optuna.storages import BaseStorage, RDBStorage
from optuna.study import StudyDirection
from optuna.trial import TrialState, create_trial

from sweep.errors import LockedError, SweepError, UserError
from sweep.files import locked
from sweep.records import Reason, Status
from sweep.search.proposals import TrialRecord, as_record

log = logging.getLogger(__name__)

STATES = {
    Status.COMPLETE: TrialState.COMPLETE,
    Status.PRUNED: TrialState.PRUNED,
    Status.FAILED: TrialState.FAIL,
}
NOTHING: Mapping[str, Any] = {}
_SEQUENCE = "sweep:sequence"
_BUSY_S = 60.0


@dataclass(slots=True, kw_only=True)
class Row:
    """One number's latest trial as the storage has it."""

    trial_id: int
    record: TrialRecord
    params: dict[str, Any]
    distributions: dict[str, BaseDistribution]
    system: dict[str, Any]
    """What the sampler kept with the trial when it proposed it."""
    sequence: dict[str, Any]
    """What the sampler kept with the study when it proposed the trial."""
    judged: dict[str, Any] = field(default_factory=dict)
    """What the pruner kept with the trial."""
    reports: dict[int, float] = field(default_factory=dict)
    """Best score so far, under the number of epochs of learning."""
    result: dict[str, Any] | None = None
    interruptions: int = 0


def open_storage(path: Path) -> RDBStorage:
    """Open Optuna's database, or create it.

    The journal mode stays SQLite's own: WAL saves 2 ms a write here, which is nothing beside an
    epoch, and would spread the truth over three files.

    Args:
        path: the SQLite file.

    Returns:
        The storage; a write waits up to 60 s for another process to finish its own.

    Raises:
        LockedError: another process has been opening it for 60 s.
        UserError: the file is no database, or one of another Optuna version.
    """
    from sqlalchemy.engine import URL
    from sqlalchemy.exc import DatabaseError

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    path.parent.mkdir(parents=True, exist_ok=True)
    url = URL.create("sqlite", database=str(path)).render_as_string()
    # Optuna fills `{SCHEMA_VERSION}` into the address, so braces in a folder's name are doubled.
    url = url.replace("{", "{{").replace("}", "}}")
    try:
        # Two first commands at once: Optuna looks for its tables and then creates them.
        with locked(path, timeout=_BUSY_S):
            return RDBStorage(url, engine_kwargs={"connect_args": {"timeout": _BUSY_S}})
    except TimeoutError as held:
        raise LockedError(
            f"{path} has been held by another command for {_BUSY_S:g} s; a command holds it for a "
            "moment only. Stop the one that hangs, or set another `workdir`."
        ) from held
    except (DatabaseError, RuntimeError) as broken:
        raise UserError(
            f"{path} must be a database of Optuna {optuna.__version__}, but it cannot be used: "
            f"{str(broken).splitlines()[0]} Move the file away, or set another `workdir`."
        ) from broken


def study_name(sweep: str, arm: str) -> str:
    """What an arm's study is called in the storage."""
    return f"{sweep}/{arm}"


class Ledger:
    """Reads and writes one arm's study; each method is one or two transactions.

    The study is created with its first trial: a command that is refused before leaves nothing that
    could bind the next one.

    Args:
        storage: the storage of all arms.
        name: name of the study.
        maximize: whether a larger objective is better.
        about: plain JSON values that the study keeps as user attributes; a study that is there gets those that differ.

    Raises:
        UserError: the study is there and goes the other way.
    """

    def __init__(
        self, storage: BaseStorage, name: str, maximize: bool, about: Mapping[str, Any] = NOTHING
    ) -> None:
        self._direction = StudyDirection.MAXIMIZE if maximize else StudyDirection.MINIMIZE
        self._storage = storage
        self._name = name
        self._about = about
        self._study: int | None
        try:
            self._study = storage.get_study_id_from_name(name)
        except KeyError:
            self._study = None
            return
        if storage.get_study_directions(self._study) != [self._direction]:
            raise UserError(
                f"The study {name} was started to {'minimise' if maximize else 'maximise'} its "
                "objective; give this sweep another `name`."
            )
        self._note(self._study)

    def rows(self) -> list[Row]:
        """Read every number's latest trial.

        Returns:
            One row a number, from 0 without gaps.

        Raises:
            SweepError: the numbers have gaps; someone else wrote into the study.
        """
        if self._study is None:
            return []
        found: dict[int, Row] = {}
        for trial in self._storage.get_all_trials(self._study, deepcopy=False):
            if "number" not in trial.user_attrs:
                continue
            row = _row(trial)
            earlier = found.get(row.record.number)
            if earlier is not None:
                was = earlier.record.reason is Reason.interrupted
                row.interruptions = earlier.interruptions + was
            found[row.record.number] = row
        if sorted(found) != list(range(len(found))):
            raise SweepError(
                "Optuna's storage lacks trials in between; another program wrote into it."
            )
        return [found[number] for number in range(len(found))]

    def add(self, row: Row) -> int:
        """Write a trial that starts, whole, in one transaction; the first one creates the study.

        Args:
            row: the trial; its id is not read.

        Returns:
            The id under which the storage has it.
        """
        record = row.record
        attrs = {"number": record.number, "attempt": record.attempt, "values": dict(record.values)}
        if record.replicate_of is not None:
            attrs["replicate_of"] = record.replicate_of
        system = row.system | ({_SEQUENCE: row.sequence} if row.sequence else {})
        trial = create_trial(
            state=TrialState.RUNNING,
            params=row.params,
            distributions=row.distributions,
            user_attrs=attrs,
            system_attrs=system,
        )
        if self._study is None:
            self._study = self._storage.create_new_study([self._direction], self._name)
            self._note(self._study)
        return self._storage.create_new_trial(self._study, template_trial=trial)

    def noted(self, name: str, absent: Any = None) -> Any:
        """Read what the study keeps under a name.

        Args:
            name: of the user attribute.
            absent: what is given where there is none, or no study yet.
        """
        if self._study is None:
            return self._about.get(name, absent)
        return self._storage.get_study_user_attrs(self._study).get(name, absent)

    def note(self, about: Mapping[str, Any]) -> None:
        """Keep further plain JSON values with the study, at once or with its first trial.

        Args:
            about: values by name.
        """
        self._about = {**self._about, **about}
        if self._study is not None:
            self._note(self._study)

    def _note(self, study: int) -> None:
        # Before the first trial, which is what binds; a kill in between is mended when the study is opened.
        kept = self._storage.get_study_user_attrs(study)
        for name, value in self._about.items():
            if name not in kept or kept[name] != value:
                self._storage.set_study_user_attr(study, name, value)

    def attempt(self, trial_id: int, attempt: int) -> None:
        """Note that a running trial starts again.

        Args:
            trial_id: its id.
            attempt: which attempt begins.
        """
        try:
            self._storage.set_trial_user_attr(trial_id, "attempt", attempt)
        except UpdateFinishedTrialError:
            _ended_elsewhere(trial_id)

    def report(self, trial_id: int, step: int, best: float) -> None:
        """Write a score.

        Args:
            trial_id: the trial's id.
            step: epochs of learning.
            best: best score so far.
        """
        try:
            self._storage.set_trial_intermediate_value(trial_id, step, best)
        except UpdateFinishedTrialError:
            _ended_elsewhere(trial_id)

    def finish(self, trial_id: int, result: Mapping[str, Any]) -> None:
        """End a trial: first what is known about it, then its state.

        A process that dies between the two leaves a running trial with a result. Calling this
        again with that result ends it; on a trial that has ended it changes nothing.

        Args:
            trial_id: its id.
            result: what `as_json` made of the result.
        """
        status = Status(result["status"])
        # Optuna refuses a value on a failed trial; ours keeps it in its result.
        value = None if status is Status.FAILED else result["value"]
        values = None if value is None else [value]
        try:
            self._storage.set_trial_user_attr(trial_id, "result", dict(result))
            self._storage.set_trial_state_values(trial_id, STATES[status], values)
        except UpdateFinishedTrialError:
            _ended_elsewhere(trial_id)


def _ended_elsewhere(trial_id: int) -> None:
    # Another program, such as a dashboard, ended it: that costs this one trial, which is handed out again.
    log.info("The trial with Optuna's id %d has ended already.", trial_id)


def _row(trial: optuna.trial.FrozenTrial) -> Row:
    attrs = trial.user_attrs
    record = TrialRecord(
        number=attrs["number"],
        values=attrs["values"],
        attempt=attrs["attempt"],
        replicate_of=attrs.get("replicate_of"),
    )
    system = dict(trial.system_attrs)
    result = attrs.get("result")
    row = Row(
        trial_id=trial._trial_id,
        record=record,
        params=trial.params,
        distributions=trial.distributions,
        sequence=system.pop(_SEQUENCE, {}),
        system=system,
        result=result,
    )
    if result is not None:
        row.judged = result["judged"]
        # An earlier attempt may have gone further than the one that counts.
        row.reports = {s: v for s, v in trial.intermediate_values.items() if s <= result["steps"]}
        if trial.state.is_finished():
            row.record = as_record(record, result)
    elif trial.state.is_finished():
        why = "Another program ended this trial in Optuna's storage."
        failed = replace(record, status=Status.FAILED, message=why)
        row.record = replace(failed, reason=Reason.interrupted)
    return row
