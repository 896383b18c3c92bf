"""Read-outs by hand, and a plug-in's."""

import pytest
import torch

from sweep.network.read_outs import make_read_out


@pytest.mark.parametrize(
    ("how", "both", "expected"),
    [
        ("last", False, [[2.0, 20.0]]),
        ("last", True, [[2.0, 10.0]]),
        ("mean", False, [[1.5, 15.0]]),
        ("max", False, [[2.0, 20.0]]),
    ],
)
def test_read_out_by_hand(how, both, expected):
    states = torch.tensor([[[1.0, 10.0]], [[2.0, 20.0]], [[9.0, 99.0]]])
    assert make_read_out(how, 2, both)(states, torch.tensor([2])).tolist() == expected
