"""What losses break is told; the planted illnesses stand in test_contract.py."""

import pytest

from sweep.plugins.tables import LOSSES
from sweep.testing.losses import loss_breaches


@pytest.mark.parametrize("name", LOSSES.ours)
def test_ours_break_nothing(name: str) -> None:
    assert loss_breaches(name, {}) == []
