"""The decision: corrected prior, calibration and threshold, as they travel with a model."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.special import expit, logit

from sweep.config import Calibration, ObjectiveConfig, ThresholdRule
from sweep.scoring.calibration import Calibrator
from sweep.scoring.decision import Decision
from sweep.scoring.metrics import calibration_error

SHARES = {"trained_prior": 0.5, "true_prior": 0.2}


def planted(bend: float = 1.0, rows: int = 4000) -> tuple[np.ndarray, np.ndarray]:
    """Labels drawn from probabilities, and the logits of those, bent."""
    draw = np.random.default_rng(3)
    probabilities = draw.beta(1, 4, size=rows)
    labels = (draw.random(rows) < probabilities).astype(np.int8)
    return labels, bend * logit(probabilities)


def fit(labels: np.ndarray, logits: np.ndarray, **changes: Any) -> Decision:
    priors = {name: changes.pop(name, value) for name, value in SHARES.items()}
    calibrate = changes.pop("calibrate", True)
    settings = ObjectiveConfig(**changes)
    return Decision.fit(settings, labels, logits, calibrate=calibrate, **priors)


@pytest.mark.parametrize("correction", [True, False])
@pytest.mark.parametrize("kind", Calibration)
def test_a_decision_survives_json(kind, correction):
    labels, logits = planted(2.0)
    decision = fit(labels, logits, calibration=kind, prior_correction=correction)
    again = Decision.from_dict(json.loads(json.dumps(decision.to_dict())))
    assert again == decision
    assert (again.probabilities(logits) == decision.probabilities(logits)).all()


def test_without_prior_correction_the_network_s_own_probabilities_stay():
    labels, logits = planted()
    decision = fit(labels, logits, prior_correction=False)
    np.testing.assert_allclose(decision.probabilities(logits), expit(logits), rtol=1e-12)


@pytest.mark.parametrize("trained", [0.02, 0.5, 0.9])
def test_the_correction_shifts_the_log_odds(trained):
    labels, logits = planted()
    decision = fit(labels, logits, trained_prior=trained)
    moved = logit(decision.probabilities(logits)) - logits
    np.testing.assert_allclose(moved, logit(0.2) - logit(trained), atol=1e-6)


@pytest.mark.parametrize("kind", [Calibration.temperature, Calibration.isotonic])
@pytest.mark.parametrize("bend", [3.0, 0.3])
def test_calibration_mends_bent_probabilities(kind, bend):
    labels, logits = planted(bend)
    decision = fit(labels, logits, calibration=kind, trained_prior=0.2)
    found = decision.scores(labels, logits)
    assert found["ece_uncorrected"] == calibration_error(labels, expit(logits)) > 0.05
    assert found["ece"] < found["ece_uncorrected"] / 3


@pytest.mark.parametrize("bend", [1.0, 2.0])
def test_calibration_is_fitted_on_corrected_probabilities(bend):
    """A network trained on as many yes as no: its log-odds are shifted, and bent beside."""
    labels, logits = planted(bend)
    shifted = logits + logit(0.5) - logit(0.2)
    decision = fit(labels, shifted, calibration=Calibration.temperature)
    assert decision.calibrator.temperature == pytest.approx(bend, rel=0.1)


@pytest.mark.parametrize("kind", Calibration)
def test_calibration_leaves_good_probabilities_good(kind):
    labels, logits = planted()
    found = fit(labels, logits, calibration=kind, trained_prior=0.2).scores(labels, logits)
    assert found["ece"] <= found["ece_uncorrected"] + 0.005


def test_an_epoch_is_scored_without_calibration():
    labels, logits = planted(3.0)
    plain = fit(labels, logits, calibration=Calibration.isotonic, calibrate=False)
    assert plain == fit(labels, logits)


@pytest.mark.parametrize("kind", Calibration)
@pytest.mark.parametrize("rule", [ThresholdRule.f1, ThresholdRule.mcc, "balanced_accuracy"])
def test_the_threshold_is_the_best_of_its_rule(rule, kind):
    """Of the probabilities that it will meet: corrected and calibrated ones."""
    labels, logits = planted(3.0)
    decision = fit(labels, logits, threshold_for=ThresholdRule(rule), calibration=kind)
    reached = decision.scores(labels, logits)[rule]
    others = [
        replace(decision, threshold=float(t)).scores(labels, logits)[rule]
        for t in np.linspace(0, 1, 40)
    ]
    assert reached >= max(others)
    assert reached > min(others)


@pytest.mark.parametrize("rule", ["recall", "precision"])
@pytest.mark.parametrize("target", [0.5, 0.8])
def test_the_threshold_reaches_its_target(rule, target):
    labels, logits = planted()
    decision = fit(labels, logits, threshold_for=ThresholdRule(rule), target=target)
    found = decision.scores(labels, logits)
    assert target <= found[rule] < target + 0.05


def test_a_dear_miss_lowers_the_threshold():
    labels, logits = planted()
    costs = [
        fit(labels, logits, threshold_for=ThresholdRule.cost, cost_miss=cost, trained_prior=0.2)
        for cost in (0.5, 1.0, 9.0)
    ]
    found = [decision.threshold for decision in costs]
    # Where probabilities are true, the best threshold is 1 / (1 + cost of a miss).
    assert found == pytest.approx([1 / 1.5, 1 / 2, 1 / 10], abs=0.06)


def test_the_shift_is_what_the_correction_does_to_log_odds() -> None:
    decision = Decision(0.5, 0.1, Calibrator(), 0.5)
    logits = np.linspace(-8, 8, 33)
    p = decision.probabilities(logits)
    assert np.log(p / (1 - p)) == pytest.approx(logits + decision.shift)
    assert Decision(0.3, 0.3, Calibrator(), 0.5).shift == 0.0
