"""The range of rates: around those that are known to work, and none where a network cannot learn."""

from collections.abc import Callable

import pytest

from sweep.preflight.flight import Flight
from sweep.preflight.rates import rate_range


@pytest.mark.parametrize(
    ("changes", "works"),
    [
        ({"optimizer__name": "adam"}, 1e-2),
        ({"optimizer__name": "rmsprop", "model__cell": "gru"}, 1e-2),
        ({"optimizer__name": "sgd"}, 1.0),
        ({"optimizer__name": "sgd", "optimizer__sgd_factor": 100.0}, 1e-2),
        ({"optimizer__name": "adamw", "model__network": "sound"}, 1e-2),
    ],
)
def test_it_brackets_a_rate_that_works(
    flight: Callable[..., Flight], changes: dict[str, str], works: float
) -> None:
    found = rate_range(flight(**changes))
    assert 1e-5 < found["low"] <= works < found.get("high", 1e9)
    assert found["low"] <= found["best"] <= found.get("high", 1e9)
    assert found["whole"] == flight(**changes).learner.steps


def test_a_network_that_cannot_learn_has_none(flight: Callable[..., Flight]) -> None:
    found = rate_range(flight(model__network="stuck"))
    assert set(found) == {"steps", "whole"}
