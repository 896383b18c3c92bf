"""Symptoms of how long a network was trained and how it fits, each planted, and their near misses."""

import pytest

from support.sick_sweeps import FLAT, HEALTHY, ill, sweep, trial
from sweep.diagnosis.epochs import gain_at_cap
from sweep.diagnosis.facts import Facts
from sweep.diagnosis.table import diagnose

RISING = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
EARLY = (0.9, 0.8, 0.7, 0.7, 0.6, 0.6, 0.6, 0.6)
BY_HEART = (0.4, 0.2, 0.1, 0.05, 0.03, 0.02, 0.01, 0.01)
WORSE = (0.4, 0.3, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6)
HIGH = (0.42, 0.41, 0.40, 0.39, 0.38, 0.37, 0.36, 0.35)


def found(facts: Facts) -> dict[str, str]:
    return {finding.symptom: finding.severity for finding in diagnose(facts)}


def below(facts: Facts) -> Facts:
    gate = {"decision": "worse", "interval": [-0.2, -0.1], "difference": -0.15}
    facts.summary["gate"].update(
        gate | {"metric": "average_precision", "network": 0.6, "baseline": 0.75}
    )  # type: ignore[index]
    return facts


@pytest.mark.parametrize(
    ("facts", "symptoms"),
    [
        (sweep(trial(scores=RISING)), {"improving_at_cap": "warning"}),
        (
            sweep(
                trial(
                    stopped="early_stopping", settings={"trainer.patience": 1}, losses=HEALTHY[:3]
                )
            ),
            {"stopped_too_early": "warning"},
        ),
        (
            sweep(ill(settings={"trainer.max_epochs": 1}, losses=FLAT[:1])),
            {"too_few_epochs": "error", "at_chance": "error"},
        ),
        (
            sweep(trial(settings={"trainer.max_epochs": 2}, losses=HEALTHY[:2])),
            {"too_few_epochs": "warning", "improving_at_cap": "warning"},
        ),
        (sweep(trial(scores=EARLY, losses=BY_HEART)), {"best_at_first_epoch": "warning"}),
        (sweep(trial(losses=BY_HEART, held=WORSE)), {"over_fitting": "note"}),
        (sweep(trial(losses=HIGH)), {"under_fitting": "warning"}),
        (sweep(trial(stopped="early_stopping", losses=HEALTHY[:3])), {}),
        (sweep(trial(stopped="early_stopping", scores=RISING)), {}),
    ],
    ids=["cap", "stopped", "one epoch", "two", "first", "by heart", "under", "patient", "no cap"],
)
def test_a_planted_illness_is_seen_and_its_neighbour_is_not(
    facts: Facts, symptoms: dict[str, str]
) -> None:
    assert found(facts) == symptoms


def test_over_fitting_matters_where_the_network_loses_to_the_linear_baseline() -> None:
    symptoms = found(below(sweep(trial(losses=BY_HEART, held=WORSE))))
    assert symptoms == {"below_baseline": "warning", "over_fitting": "warning"}


def test_the_gain_of_the_last_quarter_is_told_in_standard_errors() -> None:
    facts = sweep(trial(scores=RISING))
    assert gain_at_cap(facts, facts.trials[0]) == pytest.approx((0.9 - 0.7) / 0.03)
    assert diagnose(facts)[0].patch == ("trainer.max_epochs=16",)
