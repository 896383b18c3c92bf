"""The loss against values worked out by hand."""

import math

import pytest
import torch

from sweep.config import LossConfig
from sweep.plugins.tables import LOSSES
from sweep.training.loss import loss, loss_arguments, loss_of_a_half

PLAIN = {"name": "bce", "positive_weight": 1.0, "focal_gamma": 2.0, "label_smoothing": 0.0}
LOGITS, TARGETS = torch.tensor([0.0, math.log(3)]), torch.tensor([1.0, 0.0])
AT_HALF, AT_THREE_QUARTERS = math.log(2), math.log(4)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, (AT_HALF + AT_THREE_QUARTERS) / 2),
        ({"positive_weight": 3.0}, (3 * AT_HALF + AT_THREE_QUARTERS) / 2),
        ({"name": "focal", "focal_gamma": 0.0}, (AT_HALF + AT_THREE_QUARTERS) / 2),
        ({"name": "focal"}, (0.25 * AT_HALF + 0.5625 * AT_THREE_QUARTERS) / 2),
        (
            {"name": "focal", "positive_weight": 2.0},
            (0.5 * AT_HALF + 0.5625 * AT_THREE_QUARTERS) / 2,
        ),
        ({"label_smoothing": 1 / 2}, (AT_HALF + 0.75 * math.log(4) + 0.25 * math.log(4 / 3)) / 2),
    ],
    ids=["plain", "weighted", "focal 0", "focal 2", "focal weighted", "smoothed"],
)
def test_loss_by_hand(changes, expected):
    assert loss(LOGITS, TARGETS, **(PLAIN | changes)).item() == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, AT_HALF),
        ({"positive_weight": 3.0}, (0.8 + 3 * 0.2) * AT_HALF),
        ({"name": "focal"}, 0.25 * AT_HALF),
    ],
    ids=["plain", "weighted", "focal"],
)
def test_the_loss_of_answering_one_half_to_every_row(changes, expected):
    found = loss_of_a_half(0.2, PLAIN | changes)
    rows = torch.tensor([1.0, 0.0, 0.0, 0.0, 0.0])
    assert found == pytest.approx(expected, rel=1e-6)
    assert found == pytest.approx(loss(torch.zeros(5), rows, **(PLAIN | changes)).item())


@pytest.mark.parametrize(("weight", "expected"), [("balanced", 9.0), (1.0, 1.0), (2.5, 2.5)])
@pytest.mark.parametrize("name", LOSSES.ours)
def test_the_word_balanced_becomes_a_number(name, weight, expected):
    settings = LossConfig(name=name, positive_weight=weight, label_smoothing=0.1)
    found = loss_arguments(settings, positives=10.0, negatives=90.0)
    assert found == {
        "name": name, "positive_weight": expected, "focal_gamma": 2.0, "label_smoothing": 0.1
    }  # fmt: skip
