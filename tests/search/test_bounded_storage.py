"""The storage in memory: what a sampler is shown of a long history."""

import optuna
import pytest
from optuna.trial import TrialState, create_trial

from sweep.search.bounded_storage import Memory


def filled(values: list[float | None], maximize: bool) -> tuple[Memory, optuna.Study]:
    """A study with these values; None stands for a trial that runs, nan for one that failed."""
    memory = Memory(maximize)
    study = optuna.create_study(storage=memory, direction="maximize" if maximize else "minimize")
    for value in values:
        trial = study.ask()
        if value is not None:
            failed = TrialState.FAIL if value != value else None
            study.tell(trial, None if failed else value, state=failed)
    return memory, study


NAN = float("nan")


@pytest.mark.parametrize(
    ("values", "history", "maximize", "expected"),
    [
        ([9.0, 1, 2, 3, 4, 5, 6, 7], 4, True, [0, 5, 6, 7]),
        ([9.0, 1, 2, 3, 4, 5, 6, 7], 4, False, [1, 5, 6, 7]),
        ([1.0, 2, 3, 4], 4, True, [0, 1, 2, 3]),
        ([9.0, 9, 1, 1, 1, 1, 1, 1], 4, True, [0, 5, 6, 7]),
        ([None, 9.0, 1, 1, 1, 1, None, 1], 4, True, [0, 1, 4, 5, 6, 7]),
        ([NAN, NAN, 9.0, 1, 2, 3, 4, NAN, NAN], 4, True, [2, 4, 5, 6]),
    ],
    ids=["best and latest", "minimised", "all", "equals", "running stay", "failed are left out"],
)
def test_the_best_the_latest_and_what_runs_are_shown(values, history, maximize, expected):
    memory, study = filled(values, maximize)
    with memory.showing(history, best=1):
        assert [t.number for t in study.get_trials(deepcopy=False)] == expected


def test_trials_are_hidden_for_a_while_only():
    memory, study = filled([float(value) for value in range(10)], True)
    with memory.showing(4):
        assert study.get_trials(deepcopy=False, states=[TrialState.FAIL]) == []
        assert len(study.get_trials(deepcopy=False)) == 4
    assert len(study.get_trials(deepcopy=False)) == 10
    with memory.showing(0):
        assert len(study.get_trials(deepcopy=False)) == 10


def test_trials_that_are_added_whole_count_as_those_that_were_told():
    memory = Memory(maximize=True)
    study = optuna.create_study(storage=memory, direction="maximize")
    for value in (9.0, 1, 2, 3, 4, 5, 6, 7):
        study.add_trial(create_trial(value=float(value)))
    study.add_trial(create_trial(state=TrialState.RUNNING))
    with memory.showing(4, best=1):
        assert [t.number for t in study.get_trials(deepcopy=False)] == [0, 5, 6, 7, 8]
    with memory.showing(4):
        assert [t.number for t in study.get_trials(deepcopy=False)] == [4, 5, 6, 7, 8]


def test_pruned_trials_can_be_left_out():
    memory, study = filled([9.0, 1, 2], True)
    for _ in range(3):
        trial = study.ask()
        trial.report(0.5, 1)
        study.tell(trial, state=TrialState.PRUNED)
    with memory.showing(2):
        assert [t.number for t in study.get_trials(deepcopy=False)] == [4, 5]
    with memory.showing(2, pruned=False):
        assert [t.number for t in study.get_trials(deepcopy=False)] == [1, 2]
