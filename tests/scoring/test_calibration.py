import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweep.scoring.calibration import Calibrator, correct_prior, effective_prior
from sweep.scoring.metrics import ranking_scores

shares = st.floats(0.001, 0.999)


def bent(temperature: float, n: int = 4000) -> tuple[np.ndarray, np.ndarray]:
    """Labels drawn from log-odds, and probabilities of log-odds that are too large by a factor."""
    draw = np.random.default_rng(0)
    logits = draw.normal(-1, 1.5, n)
    labels = (draw.random(n) < 1 / (1 + np.exp(-logits))).astype(int)
    return labels, 1 / (1 + np.exp(-logits * temperature))


@given(trained=shares, true=shares, p=st.floats(0.001, 0.999))
def test_correction_follows_the_odds(trained: float, true: float, p: float) -> None:
    (found,) = correct_prior([p], trained=trained, true=true)
    factor = (true / (1 - true)) / (trained / (1 - trained))
    assert found / (1 - found) == pytest.approx(p / (1 - p) * factor, rel=1e-6)


@given(trained=shares, true=shares, p=st.lists(st.floats(0, 1), min_size=2))
def test_correction_can_be_undone_and_keeps_the_order(
    trained: float, true: float, p: list[float]
) -> None:
    p = np.sort(p)
    found = correct_prior(p, trained=trained, true=true)
    assert (np.diff(found) >= 0).all()
    np.testing.assert_allclose(correct_prior(found, trained=true, true=trained), p, atol=1e-9)


def test_correction_equals_bayes_by_hand() -> None:
    # Two classes that each say "yes" at known rates, at a prior of 1/2 and of 1/10.
    half, tenth = 0.8 * 0.5 / (0.8 * 0.5 + 0.2 * 0.5), 0.8 * 0.1 / (0.8 * 0.1 + 0.2 * 0.9)
    found = correct_prior([0.0, half, 1.0], trained=0.5, true=0.1)
    assert found.tolist() == pytest.approx([0, tenth, 1])


@pytest.mark.parametrize(("trained", "true"), [(0.0, 0.5), (0.5, 1.0)])
def test_a_prior_of_one_class_is_refused(trained: float, true: float) -> None:
    with pytest.raises(ValueError, match=r"must lie in \(0, 1\)"):
        correct_prior([0.5], trained=trained, true=true)


def test_weight_and_resampling_give_the_same_prior() -> None:
    assert effective_prior(900, 100, 9.0) == effective_prior(900, 900, 1.0) == 0.5


@pytest.mark.parametrize("factor", [0.4, 1.0, 3.0])
def test_temperature_is_recovered(factor: float) -> None:
    found = Calibrator.fit("temperature", *bent(factor))
    assert found.temperature == pytest.approx(factor, rel=0.1)


@pytest.mark.parametrize("kind", ["temperature", "isotonic"])
def test_calibration_brings_the_error_down(kind: str) -> None:
    labels, p = bent(3.0)
    before, after = (
        ranking_scores(labels, p),
        ranking_scores(labels, Calibrator.fit(kind, labels, p)(p)),
    )
    assert after["ece"] < before["ece"] / 3
    assert after["log_loss"] < before["log_loss"]


@pytest.mark.parametrize("kind", ["none", "temperature", "isotonic"])
@given(p=st.lists(st.floats(0, 1), min_size=2))
def test_contract(kind: str, p: list[float]) -> None:
    fitted = Calibrator.fit(kind, *bent(2.0, 60))
    found = fitted(np.sort(p))
    assert (np.diff(found) >= 0).all()
    assert kind == "none" or ((found > 0) & (found < 1)).all()
    again = Calibrator.from_dict(json.loads(json.dumps(fitted.to_dict())))
    assert again == fitted
    assert (again(np.sort(p)) == found).all()


@pytest.mark.parametrize("kind", ["temperature", "isotonic"])
@pytest.mark.parametrize(
    ("labels", "p"),
    [
        ([0, 0, 1, 1], [0.0, 0.1, 0.9, 1.0]),
        ([0, 0], [0.2, 0.4]),
        ([0, 1], [0.5, 0.5]),
        ([1], [0.0]),
    ],
    ids=["no mistake", "one class", "one value", "one row"],
)
def test_odd_parts_stay_inside(kind: str, labels: list, p: list) -> None:
    found = Calibrator.fit(kind, labels, p)([0.0, 0.3, 1.0])
    assert ((found > 0) & (found < 1)).all()


def test_none_changes_nothing() -> None:
    assert Calibrator.fit("none", [0, 1], [0.2, 0.8])([0.0, 0.3]).tolist() == [0.0, 0.3]


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="none, temperature, isotonic"):
        Calibrator.fit("platt", [0, 1], [0.2, 0.8])
