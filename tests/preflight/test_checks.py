"""Each check on a network with the fault that it looks for, and on one without."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sweep.preflight import checks
from sweep.preflight.flight import Flight

Fly = Callable[..., Flight]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, 0.42),
        ({"model__prior_bias": False}, 0.42),
        ({"resampling__method": "random_over"}, 0.69),
        ({"resampling__method": "smote"}, 0.69),
        ({"loss__positive_weight": 3.0}, 0.85),
    ],
)
def test_a_loss_begins_between_the_entropy_of_the_share_and_that_of_a_half(
    flight: Fly, changes: dict[str, Any], expected: float
) -> None:
    found = checks.initial_loss(flight(**changes))
    assert found["expected"] == pytest.approx(expected, abs=0.08)
    assert 0.95 * found["expected"] < found["value"] < 1.1 * found["half"]


def test_a_network_that_is_sure_of_itself_begins_far_above(flight: Fly) -> None:
    found = checks.initial_loss(flight(model__network="loud"))
    assert found["value"] > 1.5 * found["half"]


@pytest.mark.parametrize(
    ("changes", "learns"),
    [
        ({}, True),
        ({"model__cell": "gru", "model__read_out": "last"}, True),
        ({"model__network": "sound"}, True),
        ({"loss__name": "focal"}, True),
        ({"model__network": "stuck"}, False),
        ({"model__network": "sound", "loss__name": "backwards"}, False),
    ],
)
def test_what_is_learnt_by_heart(flight: Fly, changes: dict[str, Any], learns: bool) -> None:
    found = checks.memorises(flight(**changes))
    assert (found["value"] >= found["expected"]) is learns
    assert found["rows"] == 32


def test_without_words_a_sound_network_loses_and_a_blind_one_does_not(flight: Fly) -> None:
    sound = flight()
    checks.memorises(sound)
    found = checks.zeroed_inputs(sound)
    assert found["value"] > 2 * found["expected"]
    assert found["moved"] > 0.1
    blind = flight(model__network="blind")
    checks.memorises(blind)
    found = checks.zeroed_inputs(blind)
    assert found["moved"] == 0
    assert found["value"] == found["expected"]


@pytest.mark.parametrize(
    ("network", "moves"),
    [("recurrent", False), ("sound", False), ("mixing", True), ("padded", True)],
)
def test_companions_move_only_what_mixes_rows(flight: Fly, network: str, moves: bool) -> None:
    one = flight(model__network=network)
    checks.memorises(one)
    found = checks.companions(one)
    assert (found["value"] > 1e-3 * max(1.0, found["spread"])) is moves


def test_labels_teach_and_shuffled_ones_do_not(flight: Fly) -> None:
    one = flight()
    rng = np.random.default_rng(0)
    words = rng.permutation(40)
    for part in (one.train, one.validation):  # the label in a word of its own
        ids, starts = np.array(part.ids), part.offsets[:-1]
        ids[starts] = np.where(part.truth == 1, 2 + words[0], 2 + words[1])
        object.__setattr__(part, "ids", ids)
    one.validation = one.train
    found = checks.shuffled_labels(one)
    assert found["labels"] > 0.95
    assert found["value"] < found["labels"] - 0.1


def test_a_validation_part_that_is_too_small_tells_nothing(flight: Fly) -> None:
    assert checks.shuffled_labels(flight()) == {}  # 9 positives of 60


def test_what_json_cannot_hold_is_left_out() -> None:
    assert checks.finite({"a": 1.0, "b": float("nan"), "c": float("inf"), "d": 3}) == {
        "a": 1.0,
        "d": 3,
    }
