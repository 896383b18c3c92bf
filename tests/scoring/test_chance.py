"""Standard errors against the spread over many drawn validation parts; chance level against constants."""

import numpy as np
import pytest

from sweep.config import Metric, ObjectiveConfig
from sweep.scoring.chance import above_chance, chance_level, standard_error
from sweep.scoring.decision import Decision
from sweep.scoring.metrics import ranking_scores

CLOSED = [metric for metric in Metric if metric is not Metric.ece]


def drawn(shift: float, *, rows: int = 600, share: float = 0.2, seed: int = 0):
    """Labels, probabilities and scores of a part whose positives' logits lie `shift` deviations higher."""
    draw = np.random.default_rng(seed)
    labels = (draw.random(rows) < share).astype(int)
    noise = draw.normal(size=rows)
    odds = np.log(share / (1 - share))
    logits = odds + (shift * (noise + shift * labels) - shift**2 / 2 if shift else 0.1 * noise)
    priors = {"trained_prior": share, "true_prior": share}
    decision = Decision.fit(ObjectiveConfig(), labels, logits, calibrate=False, **priors)
    return labels, decision.probabilities(logits), decision.scores(labels, logits)


@pytest.mark.parametrize("metric", CLOSED)
@pytest.mark.parametrize("shift", [1.0, 2.0])
def test_the_standard_error_is_the_spread_over_parts(metric: Metric, shift: float) -> None:
    parts = [drawn(shift, seed=seed) for seed in range(120)]
    spread = np.std([found[metric] for *_, found in parts])
    errors = [standard_error(metric, *part) for part in parts]
    # A tuned threshold moves with the part: the spread of what it decides is wider than at a fixed one.
    assert spread / 2 < np.mean(errors) < 1.6 * spread


@pytest.mark.parametrize(
    "metric", [Metric.average_precision, Metric.roc_auc, Metric.log_loss, Metric.brier]
)
@pytest.mark.parametrize("share", [0.1, 0.5])
def test_chance_is_what_a_constant_scores(metric: Metric, share: float) -> None:
    labels = np.arange(200) < 200 * share
    found = ranking_scores(labels, np.full(200, share))
    assert chance_level(metric, share) == pytest.approx(found[metric])


@pytest.mark.parametrize("metric", CLOSED)
def test_guesses_stay_at_chance_and_knowledge_leaves_it(metric: Metric) -> None:
    guesses = [above_chance(metric, *drawn(0.0, seed=s), margin=3.0) for s in range(100)]
    assert sum(guesses) <= 2
    assert all(above_chance(metric, *drawn(2.0, seed=s), margin=3.0) for s in range(20))


def test_the_margin_decides() -> None:
    part = drawn(0.5)
    assert above_chance(Metric.average_precision, *part, margin=0.0)
    assert not above_chance(Metric.average_precision, *part, margin=9.0)


def test_the_calibration_error_has_no_chance_level() -> None:
    assert chance_level(Metric.ece, 0.2) is None
    assert above_chance(Metric.ece, *drawn(0.0), margin=3.0)


@pytest.mark.parametrize("metric", Metric)
@pytest.mark.parametrize("labels", [[0, 0, 0], [1, 1, 1], [0, 1, 0]], ids=["none", "all", "one"])
def test_a_part_of_one_class_or_one_row_a_class_has_an_error(
    metric: Metric, labels: list[int]
) -> None:
    truth, p = np.array(labels), np.array([0.2, 0.7, 0.4])
    found = Decision.fit(
        ObjectiveConfig(), truth, np.log(p / (1 - p)), trained_prior=0.4, true_prior=0.4
    ).scores(truth, np.log(p / (1 - p)))
    assert 0 <= standard_error(metric, truth, p, found) < 3
    above_chance(metric, truth, p, found, margin=3.0)
