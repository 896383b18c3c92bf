"""What networks break is told; the planted illnesses stand in test_contract.py."""

from sweep.testing.networks import network_breaches

OURS = {"vocabulary_size": 20, "embedding": 6, "read_out": "mean", "hidden": 5, "layers": 2}


def test_ours_break_nothing() -> None:
    for cell in ("lstm", "gru"):
        for both in (True, False):
            assert network_breaches(OURS | {"cell": cell, "bidirectional": both}) == []
