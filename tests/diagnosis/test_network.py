"""What is said of a network that has been tried and not trained, and what a trial that learnt takes back."""

import json
from typing import Any

import pytest

from support.sick_sweeps import ill, sweep, trial
from sweep.diagnosis.before.network import ROWS
from sweep.diagnosis.facts import Facts, Searched
from sweep.diagnosis.finding import Finding
from sweep.diagnosis.table import diagnose

SOUND: dict[str, Any] = {
    "initial_loss": {"value": 0.43, "expected": 0.42, "half": 0.69},
    "memorises": {"value": 1.0, "expected": 0.99, "rows": 32},
    "zeroed_inputs": {"value": 1.3, "expected": 0.05, "moved": 6.0},
    "companions": {"value": 1e-6, "spread": 8.0},
    "rate_range": {"steps": 12, "whole": 1500, "low": 1e-3, "best": 0.03, "high": 0.1},
    "shuffled_labels": {"value": 0.54, "labels": 0.66, "error": 0.04, "rows": 400},
}
NOISE = {"shuffled_labels": {"value": 0.54, "labels": 0.52, "error": 0.04, "rows": 400}}
LINEAR = {"label_errors": {"auc": 0.51, "interval": [0.47, 0.55]}}
RATE = "optimizer.learning_rate"


def tried(changes: dict[str, Any] | None = None, **fields: Any) -> list[Finding]:
    told = SOUND | (changes or {})
    fields = {"settings": {RATE: 2e-3}} | fields
    own = {row.key for row in ROWS}
    facts = Facts(preflight={"arms": {"all": told}}, **fields)
    return [one for one in diagnose(facts) if one.symptom in own]


def searched(low: float, high: float) -> tuple[Searched, ...]:
    return (Searched(path=RATE, kind="float", low=low, high=high, log=True),)


ILL: dict[str, tuple[dict[str, Any], dict[str, Any], str, str]] = {
    "cannot_start": ({"raised": "RuntimeError: shapes\n  at line 3"}, {}, "error", "RuntimeError: shapes."),
    "ignores_input": ({"zeroed_inputs": {"value": 0.6, "expected": 0.6, "moved": 0.0}}, {}, "error", "move by 0"),
    "mixes_rows": ({"companions": {"value": 0.2, "spread": 8.0}}, {}, "error", "moves by 0.2"),
    "cannot_memorise": ({"memorises": {"value": 0.6, "expected": 0.99, "rows": 32}}, {}, "error", "them is 0.60"),
    "loss_at_start": ({"initial_loss": {"value": 1.5, "expected": 0.42, "half": 0.69}}, {}, "warning", "begins at 1.5"),
    "rate_outside": ({}, {"settings": {RATE: 30.0}}, "error", "no rate above 0.1"),
    "no_better_than_shuffled": (NOISE, {"audit": LINEAR}, "warning", "AUC 0.52 on validation"),
}  # fmt: skip


@pytest.mark.parametrize("key", [row.key for row in ROWS])
def test_a_planted_fact_is_its_symptom_and_no_other(key: str) -> None:
    changes, fields, severity, said = ILL[key]
    (found,) = tried(changes, **fields)
    assert (found.symptom, found.severity) == (key, severity)
    assert said in found.title


def test_of_a_sound_network_and_of_none_nothing_is_said() -> None:
    assert tried() == []
    assert diagnose(Facts(preflight={})) == []
    assert tried({name: {} for name in SOUND}) == []
    assert tried({name: {"raised": "ValueError: no"} for name in SOUND}) == []


@pytest.mark.parametrize(
    ("space", "patch"),
    [
        (searched(1.0, 100.0), ("search.space.optimizer.learning_rate.low=0.00333333",
                                "search.space.optimizer.learning_rate.high=0.0333333")),
        (searched(1e-8, 1e-7), ("search.space.optimizer.learning_rate.low=0.01",
                                "search.space.optimizer.learning_rate.high=0.1")),
        (searched(1e-8, 1e-2), ()),
        (searched(1e-2, 100.0), ()),
        (searched(3e-4, 3e-2), ()),
    ],
)  # fmt: skip
def test_only_an_interval_that_lies_outside_wholly_is_told(
    space: tuple[Searched, ...], patch: tuple[str, ...]
) -> None:
    found = tried(space=space)
    assert [one.patch for one in found] == ([patch] if patch else [])


@pytest.mark.parametrize(
    ("rate", "ill"), [(1e-7, True), (1e-5, False), (2e-3, False), (0.29, False), (0.31, True)]
)
def test_the_rate_itself_is_told_where_it_is_not_searched(rate: float, ill: bool) -> None:
    found = tried(settings={RATE: rate})
    assert bool(found) is ill
    assert all(one.patch and one.patch[0].startswith(f"{RATE}=") for one in found)


def test_labels_are_not_called_noise_where_words_tell_them_or_validation_cannot() -> None:
    ranks = {"label_errors": {"auc": 0.7, "interval": [0.66, 0.74]}}
    assert tried(NOISE, audit=ranks) == []
    assert tried(NOISE) == []
    wide = {"shuffled_labels": NOISE["shuffled_labels"] | {"error": 0.1, "labels": 0.62}}
    assert tried(wide, audit=LINEAR) == []


def test_a_trial_that_learnt_takes_back_what_it_refutes() -> None:
    told = {
        "arms": {
            "lstm": {
                **SOUND,
                **{k: v for key in ILL for k, v in ILL[key][0].items() if k != "raised"},
            }
        }
    }
    own = {row.key for row in ROWS}

    def keys(facts: Facts) -> set[str]:
        return {one.symptom for one in diagnose(facts)} & own

    worse = sweep(ill(), preflight=told, audit=LINEAR)
    assert keys(worse) == {
        "ignores_input",
        "mixes_rows",
        "loss_at_start",
        "no_better_than_shuffled",
    }
    told["arms"]["lstm"]["zeroed_inputs"] = SOUND["zeroed_inputs"]
    assert "cannot_memorise" in keys(sweep(ill(), preflight=told))
    assert keys(sweep(trial(), preflight=told, audit=LINEAR)) == {"mixes_rows"}
    assert keys(sweep(trial(), preflight={"arms": {"lstm": {"raised": "no"}}})) == set()


def test_of_several_arms_the_one_is_named_and_findings_are_json() -> None:
    told = {"arms": {"lstm": SOUND, "mine": SOUND | {"companions": {"value": 1.0, "spread": 1.0}}}}
    (found,) = diagnose(Facts(preflight=told, settings={RATE: 2e-3}))
    assert found.title.startswith("mine: A text's answer depends")
    assert Finding.from_dict(json.loads(json.dumps(found.to_dict()))) == found
