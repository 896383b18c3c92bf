"""Proof from the sweep's own trials: what they say a value costs, and where they fail."""

import numpy as np
import pytest

from support.sick_sweeps import ill, sweep, trial
from sweep.diagnosis.facts import Facts, Searched, TrialFacts
from sweep.diagnosis.proof import at_place, cause_of, place
from sweep.diagnosis.table import diagnose

RATE = Searched(path="optimizer.learning_rate", kind="float", low=1e-4, high=1.0, log=True)
METHOD = Searched(
    path="resampling.method", kind="categorical", choices=("none", "random_over", "smote")
)
HIDDEN = Searched(path="model.hidden", kind="int", low=16, high=256)
SPACE = (RATE, METHOD, HIDDEN)


def drawn(n: int, seed: int, cost: float = 0.0, method: str = "smote") -> Facts:
    """Trials whose score says nothing but that a method costs so much."""
    rng = np.random.default_rng(seed)
    trials = []
    for number in range(n):
        values = {
            RATE.path: float(10 ** rng.uniform(-4, -2)),
            METHOD.path: METHOD.choices[rng.integers(3)],
            HIDDEN.path: int(rng.integers(16, 257)),
        }
        value = 0.8 + 0.03 * rng.normal() - cost * (values[METHOD.path] == method)
        trials.append(trial(number, values=values, value=value, settings=values))
    return sweep(*trials, space=SPACE)


def observed(facts: Facts) -> list[tuple[str, str]]:
    return [(f.symptom, f.cause) for f in diagnose(facts) if f.proof == "observed"]


def test_a_method_that_costs_is_proved_by_the_trials_with_interval_and_n() -> None:
    facts = drawn(36, 1, cost=0.2)
    finding = next(f for f in diagnose(facts) if f.symptom == "balancing_costs")
    (evidence,) = finding.evidence
    assert evidence.number == pytest.approx(0.2, abs=0.04)
    assert evidence.interval is not None
    low, high = evidence.interval
    assert 0.1 < low < 0.2 < high < 0.3
    with_it = [t for t in facts.trials if t.values[METHOD.path] == "smote"]
    assert f"n = {len(with_it)} against {36 - len(with_it)}" in evidence.text
    assert evidence.trials == tuple(t.name for t in with_it)
    assert finding.patch == ("search.space.resampling.method.choices=[none,random_over]",)
    assert (finding.cause, finding.severity) == ("imbalance", "note")


def test_doing_without_is_told_as_imbalance_untreated() -> None:
    assert ("imbalance_untreated", "imbalance") in observed(drawn(36, 2, cost=0.2, method="none"))


@pytest.mark.parametrize("seed", range(5))
def test_trials_that_differ_by_luck_prove_nothing(seed: int) -> None:
    assert observed(drawn(24, seed)) == []


def rates(bad_above: float) -> list[TrialFacts]:
    values = np.logspace(-3.9, -0.1, 24)
    return [
        (ill if rate > bad_above else trial)(
            n, values={RATE.path: float(rate)}, settings={RATE.path: float(rate)}
        )
        for n, rate in enumerate(values)
    ]


def test_the_decade_in_which_trials_fail_is_told_and_left_out() -> None:
    facts = sweep(*rates(0.1), space=(RATE,))
    finding = next(f for f in diagnose(facts) if f.symptom == "bad_region")
    assert finding.cause == "training"
    assert "6 of 6 trials with optimizer.learning_rate 0.1 to 1 failed or rested" in finding.title
    assert "0 of 18 of the others" in finding.title
    (word,) = finding.patch
    assert word.startswith("search.space.optimizer.learning_rate.high=0.0")


def test_few_failures_prove_nothing() -> None:
    assert "bad_region" not in dict(observed(sweep(*rates(0.5), space=(RATE,))))


def test_a_place_between_the_bounds_leads_back_to_the_value() -> None:
    assert place(RATE, 1e-2) == pytest.approx(0.5)
    assert at_place(RATE, 0.5) == pytest.approx(1e-2)
    assert at_place(HIDDEN, place(HIDDEN, 100)) == pytest.approx(100)
    assert place(METHOD, "smote") == 2


@pytest.mark.parametrize(
    ("path", "cause"),
    [
        ("text.stop_words", "data"),
        ("loss.positive_weight", "imbalance"),
        ("model.hidden", "architecture"),
        ("model.embedding_dropout", "training"),
        ("optimizer.learning_rate", "training"),
        ("objective.calibration", "evaluation"),
    ],
)
def test_a_setting_belongs_to_a_cause(path: str, cause: str) -> None:
    assert cause_of(path) == cause
