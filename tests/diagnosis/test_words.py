"""Symptoms of what the settings of `text` make of the corpus, each planted, and their near misses."""

from typing import Any

import pytest

from support.sick_sweeps import ill, sweep, trial
from sweep.diagnosis.facts import Facts, TrialFacts
from sweep.diagnosis.table import diagnose

KEYS = {
    "too_much_cut",
    "too_much_unknown",
    "negation_removed",
    "too_much_padding",
    "vocabulary_of_noise",
}


def found(facts: Facts) -> dict[str, str]:
    return {f.symptom: f.severity for f in diagnose(facts) if f.symptom in KEYS}


def encoded(of: TrialFacts, part: str, **told: Any) -> TrialFacts:
    of.encoding[part].update(told)
    return of


@pytest.mark.parametrize(
    ("facts", "symptoms"),
    [
        (sweep(encoded(ill(), "train", truncated=0.97)), {"too_much_cut": "error"}),
        (sweep(encoded(trial(), "train", truncated=0.97)), {"too_much_cut": "warning"}),
        (sweep(encoded(ill(), "validation", unknown=0.6)), {"too_much_unknown": "error"}),
        (
            sweep(trial(settings={"text.stop_words": True, "text.keep_negations": False})),
            {"negation_removed": "warning"},
        ),
        (
            sweep(encoded(trial(settings={"trainer.bucketing": False}), "train", padding=0.95)),
            {"too_much_padding": "note"},
        ),
        (
            sweep(encoded(trial(settings={"text.min_frequency": 1}), "train", rows=200)),
            {"vocabulary_of_noise": "note"},
        ),
        (sweep(encoded(trial(), "train", truncated=0.3)), {}),
        (sweep(encoded(trial(), "validation", unknown=0.1)), {}),
        (sweep(encoded(trial(), "train", padding=0.95)), {}),
        (sweep(trial(settings={"text.stop_words": True})), {}),
        (sweep(trial(encoding={})), {}),
    ],
)
def test_a_planted_illness_is_seen_and_its_neighbour_is_not(
    facts: Facts, symptoms: dict[str, str]
) -> None:
    assert found(facts) == symptoms


def test_the_end_that_was_cut_is_named_with_what_to_type() -> None:
    facts = sweep(
        encoded(ill(settings={"text.max_length": 3, "text.keep": "tail"}), "train", truncated=0.9)
    )
    finding = next(f for f in diagnose(facts) if f.symptom == "too_much_cut")
    assert "without their beginning" in finding.title
    assert finding.patch == ("text.max_length=0.99",)
