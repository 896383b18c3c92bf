"""What is tried again, and what is known to repeat."""

from pathlib import Path

import pytest

from support import ill_workers, scripted_search
from support.told_studies import result
from sweep.coordinator.retries import LOSSES, Retries, close_leftovers
from sweep.records import Reason, Status
from sweep.tracking.tracker import Tracker
from sweep.workspace import SweepFolder


@pytest.mark.parametrize(
    ("reason", "tries"),
    [(reason, 3 if reason.retry else 1) for reason in Reason if reason is not Reason.lost],
    ids=lambda value: str(value),
)
def test_what_comes_from_outside_is_tried_to_the_limit(reason: Reason, tries: int) -> None:
    retries = Retries(attempts=3)
    assert [retries.again(result(told=reason), n) for n in (1, 2, 3)] == [
        tries > n for n in (1, 2, 3)
    ]


def test_a_line_that_raises_is_tried_again_once_in_the_whole_sweep() -> None:
    retries = Retries(attempts=5)
    one, other = (result(told=Reason.raised, where=f"net.py:{line}") for line in (3, 4))
    assert [retries.again(one, n) for n in (1, 2)] == [True, False]
    assert not retries.again(one, 1)  # another trial
    assert [retries.again(other, n) for n in (1, 2)] == [True, False]
    assert retries.again(result(told=Reason.killed), 1)


def test_a_lost_node_is_no_attempt_of_the_trial() -> None:
    retries = Retries(attempts=2)
    assert all(retries.again(result(told=Reason.lost), n) for n in (1, 2, 3))
    assert [retries.again(result(told=Reason.killed), n) for n in (4, 5)] == [True, False]
    ends_nodes = [retries.again(result(1, told=Reason.lost), n) for n in range(1, 8)]
    assert ends_nodes == [True] * LOSSES + [False] * (7 - LOSSES)


def test_what_is_known_from_before_is_not_tried_again() -> None:
    retries = Retries(attempts=2, known=["net.py:3"])
    assert not retries.again(result(told=Reason.raised, where="net.py:3"), 1)
    assert retries.again(result(told=Reason.raised, where="net.py:4"), 1)


@pytest.mark.parametrize("ended", [0.5, Status.PRUNED], ids=str)
def test_what_did_not_fail_is_done(ended: float | Status) -> None:
    assert not Retries(attempts=2).again(result(told=ended), 1)


def test_what_was_cut_short_is_counted_however_it_was(tmp_path: Path) -> None:
    def resumed() -> int:
        studies = scripted_search.make_studies(tmp_path, scripted_search.make_config())
        files = SweepFolder(tmp_path / "tried")
        tracker = Tracker(
            files.root, uri="sqlite:///never.db", experiment="tried", artifacts=tmp_path
        )
        return close_leftovers(studies, tracker, files)

    scripted_search.search(tmp_path, ill_workers.slow, stop_after=3)
    studies = scripted_search.make_studies(tmp_path, scripted_search.make_config())
    short = sum(study.counts()["interrupted"] for study in studies.values())
    assert short > 0
    assert resumed() == short  # by an orderly stop
    studies["lstm"].next()
    assert resumed() == short  # and by a kill, which leaves one running
