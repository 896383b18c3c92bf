"""Symptoms of unequal classes, each planted, and their near misses."""

from dataclasses import replace

import pytest

from support.sick_sweeps import ill, sweep, trial
from sweep.diagnosis.facts import Facts
from sweep.diagnosis.imbalance import loss_share
from sweep.diagnosis.table import diagnose

KEYS = {"imbalance_over_treated", "rare_class_weighed_down", "minority_too_few"}


def found(facts: Facts) -> dict[str, str]:
    return {f.symptom: f.severity for f in diagnose(facts) if f.symptom in KEYS}


def rare(positives: int) -> Facts:
    facts = sweep(trial())
    train = {"rows": 2400, "positives": positives}
    return replace(facts, corpus={**facts.corpus, "train": train})


@pytest.mark.parametrize(
    ("facts", "symptoms"),
    [
        (
            sweep(ill(settings={"loss.positive_weight": 500.0})),
            {"imbalance_over_treated": "error"},
        ),
        (
            sweep(
                trial(settings={"loss.positive_weight": 50.0}, metrics={"ece_uncorrected": 0.4})
            ),
            {"imbalance_over_treated": "warning"},
        ),
        (
            sweep(ill(settings={"loss.positive_weight": 0.01})),
            {"rare_class_weighed_down": "error"},
        ),
        (rare(12), {"minority_too_few": "error"}),
        (rare(40), {"minority_too_few": "warning"}),
        (rare(2390), {"minority_too_few": "error"}),
        (rare(60), {}),
        (sweep(trial(settings={"loss.positive_weight": "balanced"})), {}),
        (sweep(ill(settings={"resampling.method": "random_over"})), {}),
        (
            sweep(trial(settings={"loss.positive_weight": 50.0})),
            {"imbalance_over_treated": "note"},
        ),
        (
            sweep(trial(settings={"loss.positive_weight": 0.01})),
            {"rare_class_weighed_down": "note"},
        ),
    ],
)
def test_a_planted_illness_is_seen_and_its_neighbour_is_not(
    facts: Facts, symptoms: dict[str, str]
) -> None:
    assert found(facts) == symptoms


@pytest.mark.parametrize(
    ("settings", "share", "carried"),
    [
        ({}, 0.1, 0.1),
        ({"loss.positive_weight": 9.0}, 0.1, 0.5),
        ({"loss.positive_weight": "balanced"}, 0.1, 0.5),
        ({"resampling.method": "balanced_batches", "resampling.ratio": 0.2}, 0.1, 0.5),
        ({"resampling.method": "random_over", "resampling.ratio": 0.25}, 0.1, 0.2),
        ({"resampling.method": "random_over", "resampling.ratio": 0.25}, 0.9, 0.8),
        ({"resampling.method": "random_under", "loss.positive_weight": 3.0}, 0.1, 0.75),
        ({"resampling.method": "tomek_links"}, 0.1, 0.1),
    ],
)
def test_the_share_of_the_loss_counts_weights_and_samples(
    settings: dict[str, object], share: float, carried: float
) -> None:
    assert loss_share(trial(settings=settings), share) == pytest.approx(carried)
