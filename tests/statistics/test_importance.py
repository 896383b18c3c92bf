"""Importance against Optuna's evaluator, on a planted space whose truth is known, and on trials without any effect."""

import math

import numpy as np
import optuna
import pytest

from sweep.statistics.importance import Column, importance

CHOICES = ["adam", "sgd", "rmsprop"]


def planted(n: int, seed: int, noise: float = 0.1) -> optuna.Study:
    """The rate decides most, then momentum where there is one; width and dropout nothing."""
    study = optuna.create_study(
        direction="maximize", sampler=optuna.samplers.RandomSampler(seed=seed)
    )
    draw = np.random.default_rng(seed)

    def score(trial: optuna.Trial) -> float:
        rate = trial.suggest_float("rate", 1e-4, 1e-1, log=True)
        name = trial.suggest_categorical("name", CHOICES)
        trial.suggest_int("width", 16, 256, step=16)
        trial.suggest_float("dropout", 0.0, 0.5)
        reached = -((math.log10(rate) + 2.5) ** 2)
        if name == "sgd":
            reached -= 2 * (trial.suggest_float("momentum", 0.0, 0.99) - 0.9) ** 2
        return reached + noise * draw.normal()

    study.optimize(score, n_trials=n)
    return study


def columns(study: optuna.Study) -> list[Column]:
    def over(name: str, place) -> np.ndarray:
        return np.array(
            [place(t.params[name]) if name in t.params else math.nan for t in study.trials]
        )

    return [
        Column(name="rate", values=over("rate", lambda v: (math.log10(v) + 4) / 3)),
        Column(name="name", values=over("name", CHOICES.index), choices=3),
        Column(name="width", values=over("width", lambda v: (v - 16) / 240), steps=16),
        Column(name="dropout", values=over("dropout", lambda v: v / 0.5)),
        Column(name="momentum", values=over("momentum", lambda v: v / 0.99)),
    ]


def scores(study: optuna.Study) -> list[float]:
    return [trial.value for trial in study.trials]


@pytest.fixture(autouse=True)
def quiet() -> None:
    optuna.logging.set_verbosity(optuna.logging.WARNING)


@pytest.mark.parametrize(("n", "seed"), [(24, 0), (80, 1), (200, 2)])
@pytest.mark.parametrize("maximize", [True, False])
def test_the_shares_are_optunas(n: int, seed: int, maximize: bool) -> None:
    study = planted(n, seed)
    evaluator = optuna.importance.PedAnovaImportanceEvaluator(target_quantile=0.25)
    if not maximize:
        turned = optuna.create_study(direction="minimize")
        for trial in study.trials:
            turned.add_trial(
                optuna.trial.create_trial(
                    params=trial.params, distributions=trial.distributions, value=-trial.value
                )
            )
        study = turned
    slow = optuna.importance.get_param_importances(study, evaluator=evaluator)
    found = importance(columns(study), scores(study), maximize=maximize, draws=2, shuffles=1)
    assert {one.name: one.share for one in found} == pytest.approx(slow, rel=1e-6, abs=1e-9)


def test_in_a_planted_space_the_right_settings_matter() -> None:
    study = planted(200, 0)
    found = {
        one.name: one for one in importance(columns(study), scores(study), draws=100, shuffles=400)
    }
    assert [name for name, one in found.items() if one.told] == ["rate", "momentum"]
    assert list(found)[0] == "rate"
    for one in found.values():
        low, high = one.interval
        assert 0 <= low <= high <= 1
    assert found["rate"].interval[0] > found["dropout"].interval[1]


def test_a_dozen_trials_cannot_tell_and_say_so() -> None:
    told = 0
    for study in (planted(12, seed, noise=0.5) for seed in range(4)):
        found = importance(columns(study), scores(study), draws=5, shuffles=200)
        told += sum(one.told for one in found)
    assert told <= 1


def test_where_nothing_matters_something_is_said_to_in_one_search_of_twenty() -> None:
    draw = np.random.default_rng(0)
    wrong = 0
    for seed in range(60):
        there = draw.random(24) < 0.5
        space = [
            Column(name="a", values=draw.random(24)),
            Column(name="b", values=draw.integers(0, 3, 24).astype(float), choices=3),
            Column(name="c", values=np.where(there, draw.random(24), math.nan)),
        ]
        found = importance(space, draw.normal(size=24), draws=1, shuffles=99, seed=seed)
        wrong += any(one.told for one in found)
    assert wrong / 60 < 0.12


def test_a_setting_that_never_varied_decided_nothing() -> None:
    values = np.arange(20.0)
    space = [
        Column(name="fixed", values=np.full(20, 0.5)),
        Column(name="free", values=values / 19),
    ]
    found = {one.name: one for one in importance(space, values, draws=5, shuffles=200)}
    assert (found["fixed"].p, found["fixed"].told) == (1.0, False)
    assert found["free"].told
    assert found["free"].share == 1.0


def test_two_trials_and_one_that_is_always_left_out() -> None:
    space = [
        Column(name="never", values=np.full(2, math.nan)),
        Column(name="x", values=np.array([0.1, 0.9])),
    ]
    found = importance(space, [0.5, 0.6], draws=3, shuffles=20)
    assert not any(one.told for one in found)
    assert {one.name: one.share for one in found}["never"] == 0.0


def test_the_seed_decides() -> None:
    study = planted(30, 3)
    first, again, other = (
        importance(columns(study), scores(study), draws=20, shuffles=20, seed=seed)
        for seed in (1, 1, 2)
    )
    assert first == again != other


def test_what_does_not_fit() -> None:
    with pytest.raises(ValueError, match="each of 2 trials"):
        importance([Column(name="x", values=np.zeros(3))], [0.1, 0.2])
    with pytest.raises(ValueError, match="finite score"):
        importance([Column(name="x", values=np.zeros(2))], [0.1, math.nan])
