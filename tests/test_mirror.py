"""The study in memory: what a sampler is shown of a long history."""

import optuna
import pytest
from optuna.trial import TrialState, create_trial

from sweep.mirror import Memory, recalled


def finished(values: list[float | None]) -> list[optuna.trial.FrozenTrial]:
    """Trials with these values; None stands for one that runs, nan for one that failed."""
    study = optuna.create_study(direction="maximize")
    for value in values:
        if value is None:
            study.add_trial(create_trial(state=TrialState.RUNNING))
        elif value != value:
            study.add_trial(create_trial(state=TrialState.FAIL))
        else:
            study.add_trial(create_trial(value=value))
    return study.get_trials()


NAN = float("nan")


@pytest.mark.parametrize(
    ("values", "history", "maximize", "expected"),
    [
        ([9.0, 1, 2, 3, 4, 5, 6, 7], 4, True, [0, 5, 6, 7]),
        ([9.0, 1, 2, 3, 4, 5, 6, 7], 4, False, [1, 5, 6, 7]),
        ([1.0, 2, 3, 4], 4, True, [0, 1, 2, 3]),
        ([9.0, 9, 1, 1, 1, 1, 1, 1], 4, True, [0, 5, 6, 7]),
        ([None, 9.0, 1, 1, 1, 1, None, 1], 4, True, [0, 1, 4, 5, 6, 7]),
        ([NAN, NAN, 9.0, 1, 1, 1, NAN, NAN], 4, True, [2, 5, 6, 7]),
    ],
    ids=["best and latest", "minimised", "all", "equals", "running stay", "failed are no best"],
)
def test_the_best_the_latest_and_what_runs_are_recalled(values, history, maximize, expected):
    found = recalled(finished(values), history, maximize)
    assert [t.number for t in found] == expected


def test_trials_are_hidden_for_a_while_only():
    memory = Memory()
    study = optuna.create_study(storage=memory, direction="maximize")
    for value in range(10):
        study.add_trial(create_trial(value=float(value)))
    with memory.showing(4, maximize=True):
        assert [t.number for t in study.get_trials(deepcopy=False)] == [6, 7, 8, 9]
        assert study.get_trials(deepcopy=False, states=[TrialState.FAIL]) == []
    assert len(study.get_trials(deepcopy=False)) == 10
    with memory.showing(0, maximize=True):
        assert len(study.get_trials(deepcopy=False)) == 10
