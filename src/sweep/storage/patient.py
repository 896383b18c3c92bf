"""Optuna's storage on a server that may go away for a while: it is waited for, and nothing is written twice."""

import functools
import time
from collections.abc import Callable
from typing import Any

from optuna.exceptions import DuplicatedStudyError
from optuna.storages import RDBStorage
from optuna.trial import FrozenTrial, TrialState
from sqlalchemy import event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError

from sweep.errors import SweepError, UserError
from sweep.signals import stop_asked

PASSING = ("08", "53", "57P", "40", "55P03", "25006")
"""SQLSTATEs that pass: no connection, no resources, a shutdown, a conflict, a lock, a server that takes no writes."""
FIRST_WAIT_S, LONGEST_WAIT_S = 0.2, 5.0


class UnreachableError(SweepError):
    """The server cannot be used now; later it may."""


class StorageGoneError(UserError):
    """The server was waited for as long as it is to be; trials that run are handed out again by the next command."""

    begun = True


class PatientStorage(RDBStorage):
    """Waits with a word where the server is gone, out of connections, or takes no writes; then goes on.

    A call that failed is made again. Where nobody can tell whether the first one was heard, what it writes is looked
    for first: there is one writer, so that a trial of the same number and attempt is its own.

    Args:
        url: address with everything that the driver needs but the password.
        place: how the database is called to people.
        patience_s: seconds to wait at most.
        engine: settings of SQLAlchemy's engine.
    """

    def __init__(self, url: str, place: str, patience_s: float, engine: dict[str, Any]) -> None:
        # Tables are there and checked: Optuna's own check wants a second connection within the first.
        super().__init__(url, engine_kwargs=engine, skip_compatibility_check=True)
        self.place, self.patience_s = place, patience_s
        self.say: Callable[[str], None] = print
        self.claims: dict[int, str] = {}
        self._gone = False
        event.listen(self.engine, "handle_error", _passing)

    def patiently(self, act: Callable[[], Any], again: Callable[[], Any] | None = None) -> Any:
        """Do something with the server, as often as it takes.

        Args:
            act: what to do.
            again: what to do after a time that failed; the same by default.

        Returns:
            What it gives.

        Raises:
            StorageGoneError: a stop was asked for while the server was waited for, or the time is over.
        """
        began, wait, done = time.monotonic(), FIRST_WAIT_S, act
        while True:
            try:
                found = done()
            except UnreachableError as why:
                over = time.monotonic() - began
                if self._gone or stop_asked() or over > self.patience_s:
                    self._gone = True
                    raise StorageGoneError(
                        f"{self.place} cannot be used ({why}) and was waited for during {over:.0f} s "
                        f"(storage.patience_s={self.patience_s:g}). Nothing that was told is lost; the same command "
                        "goes on from here."
                    ) from why
                if done is act:
                    self.say(
                        f"storage: {self.place} cannot be used ({why}); waiting up to {self.patience_s:g} s"
                    )
                    done = again or act
                time.sleep(wait)
                wait = min(2 * wait, LONGEST_WAIT_S)
            else:
                if wait > FIRST_WAIT_S:
                    self.say(f"storage: it answers again after {time.monotonic() - began:.0f} s")
                return found

    def create_new_trial(self, study_id: int, template_trial: FrozenTrial | None = None) -> int:
        """Add a trial, once; see Optuna's own method."""
        create = functools.partial(super().create_new_trial, study_id, template_trial)

        def unless_there() -> int:
            mine = {} if template_trial is None else template_trial.user_attrs
            for trial in RDBStorage.get_all_trials(self, study_id, states=(TrialState.RUNNING,)):
                if mine and trial.user_attrs == mine:
                    return trial._trial_id
            return create()

        made: int = self.patiently(create, unless_there)
        return made

    def create_new_study(self, directions: Any, study_name: str | None = None) -> int:
        """Begin a study, once; see Optuna's own method."""
        create = functools.partial(super().create_new_study, directions, study_name)

        def unless_there() -> int:
            try:
                return create()
            except DuplicatedStudyError:
                assert study_name is not None
                return RDBStorage.get_study_id_from_name(self, study_name)

        made: int = self.patiently(create, unless_there)
        return made

    def delete_study(self, study_id: int) -> None:
        """Delete a study; see Optuna's own method."""
        delete = functools.partial(super().delete_study, study_id)

        def unless_gone() -> None:
            if any(s._study_id == study_id for s in RDBStorage.get_all_studies(self)):
                delete()

        self.patiently(delete, unless_gone)


def _passing(context: ExceptionContext) -> None:
    if context.is_pre_ping:  # the pool makes a new connection by itself
        return
    error = context.original_exception
    state = getattr(error, "sqlstate", None)
    # Without a state the driver has not reached a server.
    lost = state is None and type(error).__name__ in ("OperationalError", "InterfaceError")
    if context.is_disconnect or lost or str(state or "").startswith(PASSING):
        raise UnreachableError(first_line(error)) from error


def first_line(error: BaseException) -> str:
    """The first line of an error's text, the driver's own where SQLAlchemy tells of one."""
    inner = error.orig if isinstance(error, DBAPIError) and error.orig else error
    return (str(inner).strip().splitlines() or [type(inner).__name__])[0]


def _patient(name: str) -> Any:
    @functools.wraps(getattr(RDBStorage, name))
    def method(self: PatientStorage, *given: Any, **named: Any) -> Any:
        return self.patiently(lambda: getattr(RDBStorage, name)(self, *given, **named))

    return method


# The others are idempotent: each sets a value under a key, or reads.
for _name in (
    "set_study_user_attr", "set_study_system_attr", "get_study_id_from_name", "get_study_name_from_id",
    "get_study_directions", "get_study_user_attrs", "get_study_system_attrs", "get_all_studies",
    "set_trial_param", "set_trial_state_values", "set_trial_intermediate_value", "set_trial_user_attr",
    "set_trial_system_attr", "get_trial", "get_all_trials", "get_n_trials",
):  # fmt: skip
    setattr(PatientStorage, _name, _patient(_name))
