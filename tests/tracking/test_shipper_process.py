"""The process beside training: started early, given orders, replaced, let go."""

import signal
from pathlib import Path

import pytest

from support.tracked_trials import config_of, runs
from sweep.records import Ending
from sweep.tracking import shipper_process
from sweep.tracking.address import tracking_uri
from sweep.tracking.tracker import Tracker

# MLflow 3.17 asks SQLAlchemy 2.1 for a loader strategy that it will drop.
pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader:DeprecationWarning")


def test_a_shipper_that_waits_takes_the_orders(database: Path, tmp_path: Path) -> None:
    with shipper_process.waiting() as shipper:
        uri, place = tracking_uri(config_of(None, database)), database / "artifacts"
        tracker = Tracker(tmp_path, uri=uri, experiment="early", artifacts=place, shipper=shipper)
        tracker.start()
        tracker.sweep_started({}, {})
        tracker.sweep_ended(Ending.complete, {}, tmp_path)
        assert tracker.drain(60) == 0
        tracker.close(30)
        assert shipper.returncode == 0
        assert [run.info.status for run in runs(tracker)] == ["FINISHED"]


def test_a_shipper_that_died_while_it_waited_is_replaced(tracker: Tracker, tmp_path: Path) -> None:
    with shipper_process.waiting() as shipper:
        shipper.kill()
        shipper.wait()
        tracker._waiting = shipper
        tracker.start()
        tracker._next_start = 0.0
        tracker.sweep_started({}, {})
        assert tracker._shipper is not shipper
        tracker.sweep_ended(Ending.complete, {}, tmp_path)
        assert tracker.drain(60) == 0
        tracker.close(30)
        assert [run.info.status for run in runs(tracker)] == ["FINISHED"]


def test_a_shipper_without_orders_is_gone() -> None:
    with shipper_process.waiting() as shipper:
        assert shipper.poll() is None
    assert shipper.returncode == -signal.SIGKILL


def test_a_shipper_whose_coordinator_dies_before_it_gives_orders_leaves() -> None:
    shipper = shipper_process.start()
    shipper_process.let_go(shipper, timeout=60)
    assert shipper.returncode == 1
