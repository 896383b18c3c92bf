"""The shipper: everything noted is in MLflow once, whatever is killed or down."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from support.child_environment import child_environment
from support.tracked_trials import complete, config_of, history, note_trial, runs
from sweep.records import Ending, Reason, Status
from sweep.tracking.address import tracking_uri
from sweep.tracking.shipper import GivingUpError, Parent, is_for_good
from sweep.tracking.tracker import Tracker
from sweep.workspace import SweepFolder

# MLflow 3.17 asks SQLAlchemy 2.1 for a loader strategy that it will drop.
pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader:DeprecationWarning")


COORDINATOR = """
    import sys
    from pathlib import Path
    from support.tracked_trials import complete, note_trial
    from sweep.records import TrialKey
    from sweep.tracking.tracker import Tracker

    folder, uri, name = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    tracker = Tracker(folder, uri=uri, experiment=name, artifacts=folder / "artifacts")
    tracker.start()
    print(tracker._shipper.pid, flush=True)
    tracker.sweep_started({}, {})
    import time
    for number in range(1000):
        key = TrialKey(arm="lstm", number=number)
        note_trial(tracker, key)
        time.sleep(0.3)
        tracker.trial_ended(complete(key), folder / "trials")
"""


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [3.0, 8.0])
@pytest.mark.parametrize("victim", ["coordinator", "shipper", "both"])
def test_kill_9_of_anything_at_any_time(
    database: Path, tmp_path: Path, victim: str, seconds: float
) -> None:
    uri = tracking_uri(config_of(None, database))
    coordinator = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(COORDINATOR), str(tmp_path), uri, tmp_path.name],
        stdout=subprocess.PIPE,
        env=child_environment(),
        text=True,
    )
    assert coordinator.stdout is not None
    shipper = int(coordinator.stdout.readline())
    time.sleep(seconds)
    if victim in ("shipper", "both"):
        os.kill(shipper, signal.SIGKILL)
    if victim == "shipper":
        time.sleep(8)  # another one is started by the next event
    coordinator.kill()
    coordinator.wait()
    coordinator.stdout.close()
    again = Tracker(tmp_path, uri=uri, experiment=tmp_path.name, artifacts=tmp_path / "artifacts")
    for key in again.unfinished:
        stopped = {"status": Status.FAILED, "reason": Reason.interrupted}
        again.trial_ended(complete(key, **stopped), tmp_path)
    again.start()
    again.sweep_started({}, {})
    again.sweep_ended(Ending.complete, {}, tmp_path)
    assert again.drain(120) == 0
    again.close(30)
    found = runs(again)
    events = [json.loads(line) for line in SweepFolder(tmp_path).outbox.read_text().splitlines()]
    noted = {event["run"] for event in events}
    assert sorted(run.data.tags["sweep.key"] for run in found) == sorted(noted)
    assert {run.info.status for run in found} <= {"FINISHED", "KILLED"}
    for run in found:
        if run.info.status == "FINISHED" and run.data.tags["kind"] == "trial":
            assert history(again, run, "f1") == [(0, 0.0), (1, 0.1), (2, 0.2)]


@pytest.mark.slow
def test_a_server_that_is_down_comes_back(tmp_path: Path) -> None:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    uri = f"http://ann:s3cretpass@127.0.0.1:{port}"
    tracker = Tracker(tmp_path / "s", uri=uri, experiment="s", artifacts=tmp_path)
    tracker.start()
    tracker.sweep_started({}, {})
    note_trial(tracker)
    tracker.trial_ended(complete(), tmp_path)
    assert tracker.drain(12) == 6
    log = (tmp_path / "s" / "tracking.log").read_text()
    assert "trying again" in log
    assert "s3cretpass" not in log
    command = [
        sys.executable,
        "-m",
        "mlflow",
        "server",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    command += ["--backend-store-uri", f"sqlite:///{tmp_path}/m.db", "--workers", "1"]
    server = subprocess.Popen(
        command,
        cwd=tmp_path,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert tracker.drain(120) == 0
        tracker.sweep_ended(Ending.complete, {}, tmp_path / "s")
        assert tracker.drain(30) == 0
        assert [run.info.status for run in runs(tracker)] == ["FINISHED"] * 2
    finally:
        tracker.close(10)
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)


@pytest.mark.slow
def test_a_shipper_without_a_coordinator_gives_up_on_a_dead_server(tmp_path: Path) -> None:
    uri = "http://127.0.0.1:9"
    tracker = Tracker(tmp_path, uri=uri, experiment="s", artifacts=tmp_path)
    tracker.start()
    shipper = tracker._shipper
    assert shipper is not None
    tracker.sweep_started({}, {})
    tracker.close(60)
    assert shipper.poll() == 1
    assert tracker.left() == 1


def refusal(code: str) -> Exception:
    from mlflow.exceptions import MlflowException
    from mlflow.protos.databricks_pb2 import ErrorCode

    return MlflowException("planted", error_code=ErrorCode.Value(code))


@pytest.mark.parametrize(
    ("make", "for_good"),
    [
        (lambda: ConnectionError("down"), False),
        (lambda: TimeoutError("slow"), False),
        (lambda: OSError("disk full"), False),
        (lambda: requests.exceptions.InvalidURL("a ValueError, too"), False),
        (lambda: RuntimeError("anything"), False),
        (lambda: refusal("TEMPORARILY_UNAVAILABLE"), False),
        (lambda: refusal("INTERNAL_ERROR"), False),
        (lambda: refusal("INVALID_PARAMETER_VALUE"), True),
        (lambda: refusal("RESOURCE_DOES_NOT_EXIST"), True),
        (lambda: KeyError("run"), True),
        (lambda: ValueError("planted"), True),
    ],
    ids=[
        "refused connection", "timeout", "disk", "of requests", "unknown", "busy server",
        "broken server", "wrong value", "deleted run", "missing key", "mistake of ours",
    ],
)  # fmt: skip
def test_what_may_come_back_is_tried_again(make: Callable[[], Exception], for_good: bool) -> None:
    assert is_for_good(make()) is for_good


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """The ends to read and to write; a test may close the second."""
    ends = os.pipe()
    yield ends
    for end in ends:
        with contextlib.suppress(OSError):
            os.close(end)


def test_orders_are_one_line_and_the_pipes_end_is_the_parents(pipe: tuple[int, int]) -> None:
    parent = Parent(pipe[0])
    os.write(pipe[1], json.dumps({"uri": "u", "folder": "f"}).encode() + b"\n")
    assert parent.orders() == {"uri": "u", "folder": "f"}
    assert parent.gone_at() is None
    before = time.monotonic()
    os.close(pipe[1])
    gone = parent.gone_at()
    assert gone is not None
    assert before <= gone <= time.monotonic()
    assert parent.gone_at() == gone, "seen first then, not later"


@pytest.mark.parametrize("said", [b"", b'{"uri": '], ids=["nothing", "half a line"])
def test_a_parent_that_leaves_before_its_orders_is_given_up(
    pipe: tuple[int, int], said: bytes
) -> None:
    os.write(pipe[1], said)
    os.close(pipe[1])
    with pytest.raises(GivingUpError, match="before it gave orders"):
        Parent(pipe[0]).orders()


@pytest.mark.slow
def test_two_first_commands_share_a_new_database(tmp_path: Path) -> None:
    trackers = [
        Tracker(
            tmp_path / name,
            uri=tracking_uri(config_of(None, tmp_path)),
            experiment=name,
            artifacts=tmp_path / "artifacts",
        )
        for name in ("a", "b")
    ]
    for tracker in trackers:
        tracker.start()
        tracker.sweep_started({}, {})
        tracker.sweep_ended(Ending.complete, {}, tmp_path)
    assert [tracker.drain(120) for tracker in trackers] == [0, 0]
    for tracker in trackers:
        tracker.close(30)
        assert [run.info.status for run in runs(tracker)] == ["FINISHED"]
        log = tracker.folder / "tracking.log"
        assert "Error" not in (log.read_text() if log.exists() else "")
