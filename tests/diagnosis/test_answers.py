"""Symptoms in what a network answers, each planted, and what must not be taken for one."""

from dataclasses import replace

import pytest

from support.sick_sweeps import HEALTHY, answers, ill, sweep, trial
from sweep.diagnosis.facts import Facts
from sweep.diagnosis.table import diagnose

KEYS = {
    "collapse",
    "at_chance",
    "no_signal",
    "flipped_labels",
    "threshold_fault",
    "below_baseline",
}
BY_HEART = (0.4, 0.3, 0.2, 0.1, 0.05, 0.03, 0.02, 0.01)
FEW = {"tp": 1.0, "fn": 2.0}
"""Three positive rows: any AUC is chance."""
NO = answers(0.5, scale=0.1)


def found(facts: Facts) -> dict[str, str]:
    return {f.symptom: f.severity for f in diagnose(facts) if f.symptom in KEYS}


def beside(facts: Facts, auc: float) -> Facts:
    baselines = {"tfidf_logreg": {"validation": {"roc_auc": auc}}}
    return replace(facts, summary={**facts.summary, "baselines": baselines})


def without_gate(facts: Facts) -> Facts:
    return replace(facts, summary={"baselines": facts.summary["baselines"]})


@pytest.mark.parametrize(
    ("facts", "symptoms"),
    [
        (sweep(ill(answers=NO)), {"collapse": "error", "at_chance": "error"}),
        (sweep(ill(answers=answers(0.5, shift=0.0))), {"at_chance": "error"}),
        (beside(sweep(ill()), 0.52), {"no_signal": "error"}),
        (sweep(ill(auc=0.3, losses=HEALTHY)), {"flipped_labels": "error"}),
        (sweep(ill(auc=0.3)), {}),
        (sweep(trial(answers=answers(0.97, shift=-12.0))), {"threshold_fault": "error"}),
        (without_gate(sweep(trial(auc=0.7))), {"below_baseline": "warning"}),
        (sweep(trial(answers=answers(0.97))), {}),
        (beside(sweep(trial()), 0.52), {}),
        (without_gate(sweep(trial(auc=0.88))), {}),
        (sweep(trial(), ill(1, auc=0.3, losses=HEALTHY)), {}),
        (sweep(ill(auc=0.3, losses=(9.0, 4.0, 0.43))), {}),
        (sweep(ill(metrics=FEW)), {}),
        (sweep(trial(), *(ill(n) for n in range(1, 4))), {"at_chance": "note"}),
    ],
)
def test_a_planted_illness_is_seen_and_its_neighbour_is_not(
    facts: Facts, symptoms: dict[str, str]
) -> None:
    assert found(facts) == symptoms


def test_rows_learnt_by_heart_make_missing_signal_surer() -> None:
    both = [beside(sweep(one), 0.5) for one in (ill(), ill(losses=BY_HEART))]
    unsure, sure = (
        next(f.confidence for f in diagnose(facts) if f.symptom == "no_signal") for facts in both
    )
    assert unsure < 0.5 < sure


@pytest.mark.parametrize(
    ("positives", "cause"), [(390, "training"), (120, "training"), (30, "imbalance")]
)
def test_collapse_is_of_imbalance_only_where_one_class_is_rare(positives: int, cause: str) -> None:
    facts = sweep(ill(answers=NO))
    corpus = {**facts.corpus, "validation": {"rows": 800, "positives": positives}}
    found = diagnose(replace(facts, corpus=corpus))
    assert next(f.cause for f in found if f.symptom == "collapse") == cause


def test_where_a_linear_model_finds_nothing_either_that_goes_before_collapse() -> None:
    found = diagnose(beside(sweep(ill(answers=NO, settings={"loss.label_smoothing": 0.1})), 0.51))
    assert [f.symptom for f in found] == ["no_signal", "collapse"]


def test_a_threshold_that_was_chosen_makes_one_half_a_note() -> None:
    facts = sweep(trial(answers=answers(0.97, shift=-12.0), threshold=0.001))
    assert found(facts) == {"threshold_fault": "note"}


def test_a_gate_that_was_lost_is_told_with_its_interval() -> None:
    gate = {"decision": "worse", "interval": [-0.2, -0.1], "difference": -0.15}
    gate |= {"metric": "average_precision", "network": 0.6, "baseline": 0.75}
    facts = replace(sweep(trial()), summary={"gate": gate})
    finding = next(f for f in diagnose(facts) if f.symptom == "below_baseline")
    assert finding.evidence[0].interval == (-0.2, -0.1)
    assert "-0.150 [-0.200, -0.100]" in finding.title


def test_from_few_rows_of_a_class_nobody_can_tell_whether_there_is_a_signal() -> None:
    facts = beside(sweep(ill(losses=BY_HEART)), 0.5)
    assert found(facts) == {"no_signal": "error"}
    few = {**facts.corpus, "train": {"rows": 2400, "positives": 30}}
    symptoms = {f.symptom: f.severity for f in diagnose(replace(facts, corpus=few))}
    assert symptoms == {"minority_too_few": "error"}
