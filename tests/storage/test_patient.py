"""A storage whose server comes and goes: waited for with a word, written once."""

from collections.abc import Callable
from typing import Any

import pytest
from optuna.storages import RDBStorage
from optuna.study import StudyDirection
from optuna.trial import TrialState, create_trial

from sweep.storage import patient
from sweep.storage.patient import PatientStorage, StorageGoneError, UnreachableError

UP = [StudyDirection.MAXIMIZE]
TRIAL = create_trial(state=TrialState.RUNNING, user_attrs={"number": 0, "attempt": 1})


class Lossy:
    """Lets a method of Optuna's storage fail, before or after its work is done."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, name: str, *, after: bool) -> None:
        self.left = 2
        original: Callable[..., Any] = getattr(RDBStorage, name)

        def method(storage: RDBStorage, *given: Any, **named: Any) -> Any:
            found = original(storage, *given, **named) if after or not self.left else None
            if self.left:
                self.left -= 1
                raise UnreachableError("the line is cut")
            return found

        monkeypatch.setattr(RDBStorage, name, method)


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def storage(said: list[str], monkeypatch: pytest.MonkeyPatch) -> PatientStorage:
    monkeypatch.setattr(patient, "FIRST_WAIT_S", 0.001)
    made = PatientStorage("sqlite:///:memory:", "the database", 60.0, {})
    made.say = said.append
    return made


@pytest.mark.parametrize("after", [False, True], ids=["unheard", "heard"])
def test_what_is_made_is_made_once(
    after: bool, storage: PatientStorage, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as cut:
        Lossy(cut, "create_new_study", after=after)
        study = storage.create_new_study(UP, "s")
    with monkeypatch.context() as cut:
        Lossy(cut, "create_new_trial", after=after)
        trial = storage.create_new_trial(study, TRIAL)
    assert [t._trial_id for t in storage.get_all_trials(study)] == [trial]
    with monkeypatch.context() as cut:
        Lossy(cut, "set_trial_user_attr", after=after)
        storage.set_trial_user_attr(trial, "result", {"value": 1})
    assert storage.get_trial(trial).user_attrs["result"] == {"value": 1}
    with monkeypatch.context() as cut:
        Lossy(cut, "delete_study", after=after)
        storage.delete_study(study)
    assert storage.get_all_studies() == []
    assert said[0] == "storage: the database cannot be used (the line is cut); waiting up to 60 s"
    assert said[1].startswith("storage: it answers again after")


def test_another_attempt_is_another_trial(storage: PatientStorage) -> None:
    study = storage.create_new_study(UP, "s")
    first = storage.create_new_trial(study, TRIAL)
    again = create_trial(state=TrialState.RUNNING, user_attrs={"number": 0, "attempt": 2})
    assert storage.create_new_trial(study, again) != first


@pytest.mark.parametrize("why", ["time", "stop"])
def test_it_is_not_waited_for_forever(
    why: str, storage: PatientStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    if why == "time":
        storage.patience_s = 0.0
    else:
        monkeypatch.setattr(patient, "stop_asked", lambda: True)
    Lossy(monkeypatch, "get_all_studies", after=False)
    with pytest.raises(StorageGoneError, match="the same command goes on from here"):
        storage.get_all_studies()
    storage.patience_s = 60.0
    with pytest.raises(StorageGoneError):
        storage.get_all_studies()  # what ends a sweep does not wait once more for each of its trials


def test_a_mistake_is_no_outage(storage: PatientStorage, said: list[str]) -> None:
    with pytest.raises(KeyError):
        storage.get_study_id_from_name("none")
    assert said == []
