"""What cleaning steps break is told; the planted illnesses stand in test_contract.py."""

from sweep.plugins.tables import CLEANINGS
from sweep.testing.cleanings import HOSTILE, cleaning_breaches


def test_ours_breaks_nothing() -> None:
    assert cleaning_breaches(CLEANINGS["none"], {}, repeats=True) == []


def test_hostile_texts_can_be_written() -> None:
    for text in HOSTILE.values():
        text.encode()
