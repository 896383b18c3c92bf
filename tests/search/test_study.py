"""An arm's study: budget, order, resume to the bit, pruning, and what the storage remembers."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import optuna
import pytest
from optuna.storages import RDBStorage

from support.arm_studies import (
    EPOCHS,
    SMALL,
    finish,
    result,
    run,
)
from sweep.records import Reason, Status
from sweep.search.study import ArmStudy


def test_the_first_trial_is_the_configurations_own(study: Callable[..., ArmStudy]) -> None:
    first = study("tpe").next()
    assert first is not None
    assert (first.number, first.attempt, first.replicate_of) == (0, 1, None)
    assert first.values == {
        "model.cell": "gru",
        "optimizer.name": "adam",
        "model.hidden": 128,
        "model.layers": 1,
        "model.dropout": 0.2,
        "optimizer.learning_rate": 2e-3,
    }


def test_the_budget_is_handed_out_once(study: Callable[..., ArmStudy]) -> None:
    arm = study(trials=3)
    assert arm.left == 3
    assert [p.number for p in finish(arm)] == [0, 1, 2]
    assert (arm.left, arm.budget, arm.next(), study(trials=3).next()) == (0, 3, None, None)


def test_a_larger_budget_goes_on_and_a_smaller_one_ends(study: Callable[..., ArmStudy]) -> None:
    finish(study(trials=2))
    larger = study(trials=4)
    assert [p.number for p in (larger.next(), larger.next()) if p] == [2, 3]
    larger.interrupt("stopped")
    assert [p.number for p in finish(study(trials=3))] == [2]
    assert study(trials=3).left == 0


def test_what_is_drawn_at_random_owes_nothing_to_what_others_reached(
    study: Callable[..., ArmStudy],
) -> None:
    arms = [study("tpe", trials=14, share=0.5, sweep=name) for name in ("up", "down")]
    for arm, sign in zip(arms, (1, -1), strict=True):
        while (proposal := arm.next()) is not None:
            layers, dropout = (proposal.values[f"model.{name}"] for name in ("layers", "dropout"))
            assert isinstance(layers, int)
            assert isinstance(dropout, float)
            run(arm, proposal, [sign * (layers + dropout)])
    values = [[dict(record.values) for record in arm.records()] for arm in arms]
    same = {number for number, (up, down) in enumerate(zip(*values, strict=True)) if up == down}
    assert same >= {0, 1, 2, 3, 7, 9, 11, 13}
    assert not same >= {4, 5, 6, 8, 10, 12}


def test_an_interrupted_trial_comes_back_with_its_number_and_values(
    study: Callable[..., ArmStudy],
) -> None:
    arm = study("tpe")
    run(arm, arm.next(), [0.5])
    lost = arm.next()
    assert arm.interrupt("stopped") == 1
    assert (arm.records()[1].status, arm.records()[1].reason) == (
        Status.FAILED,
        Reason.interrupted,
    )
    for again in (arm, study("tpe")):
        assert again.counts()["interrupted"] == 1
        assert again.left == 3
    back = study("tpe").next()
    assert back == replace(lost, attempt=2, interruptions=1, trial_id=back.trial_id)
    assert back.trial_id != lost.trial_id


def test_interrupting_twice_changes_nothing(study: Callable[..., ArmStudy]) -> None:
    arm = study()
    arm.next()
    assert [arm.interrupt("a"), arm.interrupt("b"), study().interrupt("c")] == [1, 0, 0]
    assert arm.records() == study().records()
    assert arm.records()[0].message == "a"


def test_nothing_runs_in_the_storage_after_an_interruption(
    study: Callable[..., ArmStudy], storage: RDBStorage
) -> None:
    arm = study()
    for _ in range(3):
        arm.next()
    arm.interrupt("stopped")
    name = next(n for n in optuna.get_all_study_names(storage) if "nothing_runs" in n)
    states = [t.state.name for t in optuna.load_study(study_name=name, storage=storage).trials]
    assert states == ["FAIL"] * 3


@contextmanager
def dying_before_the_state(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The result is written, then the state: here Ctrl-C comes in between."""

    def dies(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(RDBStorage, "set_trial_state_values", dies)
        with pytest.raises(KeyboardInterrupt):
            yield


@pytest.mark.parametrize("here", [True, False], ids=["same process", "next process"])
def test_a_result_stored_before_the_kill_is_kept(
    study: Callable[..., ArmStudy], monkeypatch: pytest.MonkeyPatch, here: bool
) -> None:
    arm = study()
    proposal = arm.next()
    with dying_before_the_state(monkeypatch):
        run(arm, proposal, [0.25, 0.75])
    resumed = arm if here else study()
    assert resumed.records()[0].status is None
    assert resumed.interrupt("killed") == 0
    assert (resumed.records()[0].status, resumed.records()[0].value) == (Status.COMPLETE, 0.75)
    assert resumed.best() == study().best() == resumed.records()[0]


@pytest.mark.parametrize("here", [True, False], ids=["same process", "next process"])
def test_an_interruption_may_be_interrupted(
    study: Callable[..., ArmStudy], monkeypatch: pytest.MonkeyPatch, here: bool
) -> None:
    arm = study("tpe")
    arm.next()
    arm.report(0, 1, 0.5, 0.0)
    with dying_before_the_state(monkeypatch):
        arm.interrupt("stopped")
    resumed = arm if here else study("tpe")
    assert resumed.interrupt("killed") == 1
    assert [p.attempt for p in finish(resumed)] == [2, 1, 1, 1]
    assert study("tpe").records() == resumed.records()


def test_a_second_or_late_message_is_ignored(study: Callable[..., ArmStudy]) -> None:
    arm = study()
    proposal = arm.next()
    arm.start_attempt(0, 2)
    arm.tell(0, result(proposal, 0.9))  # of attempt 1
    assert arm.records()[0].status is None
    second = replace(proposal, attempt=2)
    arm.tell(0, result(second, 0.5))
    arm.tell(0, result(second, 0.8))
    arm.start_attempt(0, 3)
    assert arm.report(0, 5, 1.0, 0.0) is False
    assert (arm.records()[0].value, arm.records()[0].attempt) == (0.5, 2)
    assert study().records() == arm.records()


@pytest.mark.parametrize("value", [None, float("nan"), float("inf")])
def test_a_complete_trial_without_a_score_has_diverged(
    study: Callable[..., ArmStudy], value: float | None
) -> None:
    arm = study()
    arm.tell(0, result(arm.next(), value))
    assert (arm.records()[0].status, arm.records()[0].reason) == (Status.FAILED, Reason.diverged)
    assert arm.best() is None


def test_a_duplicate_is_named_and_runs_all_the_same(study: Callable[..., ArmStudy]) -> None:
    arm = study(tree=SMALL, trials=12)
    proposals = finish(arm)
    assert len({p.values["model.layers"] for p in proposals}) == 3
    for p in proposals:
        firsts = [q.number for q in proposals if q.values == p.values]
        assert p.replicate_of == (firsts[0] if p.number > firsts[0] else None)
    assert [r.replicate_of for r in arm.records()] == [p.replicate_of for p in proposals]


def test_counts_tell_every_state(study: Callable[..., ArmStudy]) -> None:
    arm = study("random", "successive_halving", trials=9)
    run(arm, arm.next(), [0.9] * EPOCHS)
    assert run(arm, arm.next(), [0.1])
    failed = arm.next()
    arm.tell(failed.number, result(failed, None, status=Status.FAILED, reason=Reason.crashed))
    arm.next()
    expected = {"complete": 1, "pruned": 1, "failed": 1, "interrupted": 0, "running": 1}
    assert arm.counts() == expected
    arm.interrupt("stopped")
    assert arm.counts() == expected | {"interrupted": 1, "running": 0}


@pytest.mark.parametrize(("maximize", "best"), [(True, 1), (False, 0)])
def test_the_best_follows_the_direction_and_the_lower_number(
    study: Callable[..., ArmStudy], maximize: bool, best: int
) -> None:
    arm = study(maximize=maximize)
    for value in (0.2, 0.6, 0.6, 0.2):
        run(arm, arm.next(), [value])
    assert arm.best().number == best


def test_a_trial_that_another_program_ended_meanwhile_stops_nothing(
    study: Callable[..., ArmStudy], storage: RDBStorage
) -> None:
    arm = study()
    lost = arm.next()
    storage.set_trial_state_values(lost.trial_id, optuna.trial.TrialState.FAIL)
    assert arm.report(lost.number, 1, 0.5, 0.0) is False
    arm.start_attempt(lost.number, 2)
    arm.tell(lost.number, result(replace(lost, attempt=2), 0.5))
    assert (study().next().number, study().left) == (lost.number, 3)
