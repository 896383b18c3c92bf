"""Symptoms of measuring, space and budget, each planted, and their near misses."""

from dataclasses import replace
from typing import Any

import pytest

from support.sick_sweeps import ill, sweep, trial
from sweep.diagnosis.facts import Facts, Searched, TrialFacts
from sweep.diagnosis.table import diagnose

KEYS = {
    "validation_too_small",
    "accuracy_misleading",
    "uncalibrated",
    "optimism",
    "boundary",
    "budget_too_small",
    "unlucky_arm",
}
HIDDEN = Searched(path="model.hidden", kind="int", low=16, high=128, log=True)


def found(facts: Facts) -> dict[str, str]:
    return {f.symptom: f.severity for f in diagnose(facts) if f.symptom in KEYS}


def validation(positives: int) -> Facts:
    facts = sweep(trial())
    return replace(
        facts, corpus={**facts.corpus, "validation": {"rows": 800, "positives": positives}}
    )


def told(facts: Facts, **summary: Any) -> Facts:
    return replace(facts, summary={**facts.summary, **summary})


def arms(*shares: tuple[str, int, int]) -> Facts:
    trials: list[TrialFacts] = []
    for arm, bad, n in shares:
        for number in range(n):
            one = ill(number) if number < bad else trial(number)
            trials.append(replace(one, arm=arm, name=f"{arm}-{number}"))
    return sweep(*trials)


def sizes(*values: int) -> Facts:
    trials = [
        trial(n, values={"model.hidden": size}, value=0.9 - n / 100)
        for n, size in enumerate(values)
    ]
    return sweep(*trials, space=(HIDDEN,))


CURVE = {"lstm": {"expected_best": {"trials": [0.3, 0.4, 0.5, 0.6, 0.7, 0.9]}}}
LEVEL = {"lstm": {"expected_best": {"trials": [0.8, 0.88, 0.89, 0.89, 0.895, 0.9]}}}


@pytest.mark.parametrize(
    ("facts", "symptoms"),
    [
        (validation(6), {"validation_too_small": "error", "accuracy_misleading": "note"}),
        (validation(25), {"validation_too_small": "warning", "accuracy_misleading": "note"}),
        (
            sweep(trial(metrics={"accuracy": 0.86})),
            {"accuracy_misleading": "note"},
        ),
        (sweep(trial(metrics={"ece": 0.2})), {"uncalibrated": "note"}),
        (
            told(sweep(trial()), best={"optimism": 0.2, "value": 0.9, "confirmed": 0.7, "threshold": 0.4}),
            {"optimism": "note"},
        ),
        (told(sweep(trial()), arms=CURVE), {"budget_too_small": "note"}),
        (arms(("lstm", 0, 12), ("gru", 9, 12)), {"unlucky_arm": "note"}),
        (sizes(120, 126, 128, 119, 20, 30, 40, 50, 60, 70), {"boundary": "note"}),
        (sizes(120, 126, 60, 119, 20, 30, 40, 50, 60, 70), {}),
        (told(sweep(trial()), arms=LEVEL), {}),
        (arms(("lstm", 2, 12), ("gru", 4, 12)), {}),
        (sweep(trial()), {}),
    ],
)  # fmt: skip
def test_a_planted_illness_is_seen_and_its_neighbour_is_not(
    facts: Facts, symptoms: dict[str, str]
) -> None:
    assert found(facts) == symptoms


def test_a_boundary_is_moved_outwards() -> None:
    facts = sizes(120, 126, 128, 119, 20, 30, 40, 50, 60, 70)
    finding = next(f for f in diagnose(facts) if f.symptom == "boundary")
    assert finding.patch == ("search.space.model.hidden.high=384",)
    lower = sizes(16, 17, 16, 17, 100, 90, 40, 50, 60, 70)
    finding = next(f for f in diagnose(lower) if f.symptom == "boundary")
    assert finding.patch == ("search.space.model.hidden.low=5",)
