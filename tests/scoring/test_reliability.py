"""Probabilities at their word: by hand, and what a calibrator changes."""

import numpy as np
import pytest

from sweep.scoring.metrics import calibration_error
from sweep.scoring.reliability import reliability


def test_by_hand() -> None:
    labels = np.array([0, 0, 1, 0, 1, 1])
    after = np.array([0.0, 0.1, 0.05, 0.3, 0.95, 1.0])
    found = reliability(labels, 1 - after, after)
    assert found["bins"] == [
        {"low": 0.0, "high": 0.1, "rows": 3, "said": pytest.approx(0.05), "found": pytest.approx(1 / 3)},
        {"low": 0.1, "high": 0.3, "rows": 1, "said": 0.3, "found": 0.0},
        {"low": 0.9, "high": 1.0, "rows": 2, "said": pytest.approx(0.975), "found": 1.0},
    ]  # fmt: skip
    assert found["after"]["brier"] == pytest.approx(np.mean((after - labels) ** 2))
    assert found["before"]["ece"] == pytest.approx(calibration_error(labels == 1, 1 - after))


def test_bins_hold_every_row() -> None:
    draw = np.random.default_rng(0)
    p = draw.random(500)
    found = reliability(draw.random(500) < p, p, p)
    assert sum(told["rows"] for told in found["bins"]) == 500
    assert all(told["low"] < told["said"] <= told["high"] for told in found["bins"])
    assert all(abs(told["said"] - told["found"]) < 0.15 for told in found["bins"])
    assert found["before"] == found["after"]
