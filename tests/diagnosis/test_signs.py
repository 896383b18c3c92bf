"""What the numbers of a trial say by themselves."""

import math

import numpy as np
import pytest

from support.sick_sweeps import answers, ill, sweep, trial
from sweep.diagnosis import signs


@pytest.mark.parametrize(("auc", "said"), [(0.97, "above"), (0.55, "chance"), (0.3, "below")])
def test_a_ranking_is_judged_by_its_standard_error(auc: float, said: str) -> None:
    assert signs.ranking(trial(auc=auc)) == said


def test_a_training_loss_has_moved_by_a_share_of_its_start() -> None:
    falling = trial(losses=(0.4, 0.3, 0.2, 0.3))
    assert signs.moved(falling, 0.5)
    assert not signs.moved(falling, 0.6)
    assert not signs.moved(trial(history=()), 0.0)


@pytest.mark.parametrize(
    ("losses", "settings", "explained"),
    [
        ((0.5, 0.43), {}, False),
        ((0.5, 0.3), {}, True),
        ((9.0, 0.43), {}, False),
        ((9.0, 2.0), {"loss.positive_weight": 5.0}, True),
    ],
)
def test_rows_are_explained_by_a_loss_below_what_their_share_is_worth(
    losses: tuple[float, ...], settings: dict[str, object], explained: bool
) -> None:
    one = trial(losses=losses, settings=settings)
    assert signs.explains(sweep(one), one) is explained


def test_a_trial_that_cannot_be_ranked_has_learnt_unless_it_failed() -> None:
    few = {"tp": 1.0, "fn": 2.0}
    assert signs.learned(trial(metrics=few))
    assert not signs.learned(trial(metrics=few, status="FAILED"))
    assert not signs.learned(trial(metrics=few, stopped="no_learning"))


def test_a_ranking_without_counts_is_not_judged() -> None:
    assert signs.ranking(trial(metrics={"tp": 0.0, "fn": 0.0})) is None


def test_the_error_of_an_auc_is_that_of_many_draws() -> None:
    rng = np.random.default_rng(0)
    found = []
    for _ in range(2000):
        a, b = rng.normal(1, size=40), rng.normal(size=160)
        found.append(float((a[:, None] > b).mean()))
    area = float(np.mean(found))
    assert signs.auc_error(area, 40, 160) == pytest.approx(np.std(found), rel=0.15)
    assert signs.auc_error(1 - area, 40, 160) == signs.auc_error(area, 40, 160)


@pytest.mark.parametrize(
    ("settings", "times"),
    [
        ({"optimizer.learning_rate": 1e-3}, 1),
        ({"optimizer.name": "rmsprop", "optimizer.learning_rate": 1e-3}, 10),
        ({"optimizer.name": "sgd", "optimizer.learning_rate": 0.1}, 1),
        (
            {
                "optimizer.name": "sgd",
                "optimizer.learning_rate": 1e-3,
                "optimizer.sgd_factor": 50.0,
            },
            0.5,
        ),
        ({"optimizer.name": "own"}, None),
    ],
)
def test_a_rate_is_told_beside_the_usual_one(
    settings: dict[str, object], times: float | None
) -> None:
    found = signs.rate(trial(settings=settings))
    assert found == (times if times is None else pytest.approx(times))


@pytest.mark.parametrize(
    ("trials", "ill_ones", "level"),
    [
        ([ill(0)], [0], "error"),
        ([trial(0), ill(1), ill(2)], [0], "warning"),
        ([trial(0), trial(1), ill(2), ill(3)], [2, 3], "note"),
        ([trial(0), trial(1), trial(2), ill(3)], [3], None),
        ([trial(0)], [], None),
    ],
    ids=["best and worthless", "best and good", "many", "one", "none"],
)
def test_a_symptom_weighs_by_the_trials_that_have_it(
    trials: list[signs.TrialFacts], ill_ones: list[int], level: str | None
) -> None:
    facts = sweep(*trials)
    assert signs.reach(facts, [trials[n] for n in ill_ones]) == level


def test_a_symptom_is_no_worse_than_it_may_be() -> None:
    facts = sweep(ill())
    assert [signs.reach(facts, facts.trials, worst=w) for w in ("warning", "note")] == ["warning", "note"]  # type: ignore[arg-type] # fmt: skip


def test_a_prior_is_worth_its_entropy() -> None:
    assert signs.entropy(0.5) == pytest.approx(math.log(2))
    assert signs.entropy(0.1) == pytest.approx(0.325, abs=1e-3)
    assert signs.entropy(0.0) < 1e-6


def test_the_best_f1_is_that_of_the_best_cut() -> None:
    told = answers(0.97, shift=-6.0)
    best, cut = signs.best_f1(told)
    assert best == pytest.approx(signs.f1(told, cut))
    assert best >= max(signs.f1(told, c) for c in np.linspace(0.001, 0.999, 50)) - 0.01
    assert signs.f1(told, 1.1) == 0.0
