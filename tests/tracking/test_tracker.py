"""Tracking end to end: what was noted is in MLflow once, whatever is killed."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from contextlib import closing
from pathlib import Path

import pytest

from support import mlflow_database
from support.child_environment import child_environment
from sweep.config import Config, TrackingConfig
from sweep.errors import UserError
from sweep.records import Ending, EpochReport, Reason, Status, Stopped, TrialKey, TrialResult
from sweep.tracking import shipper_process
from sweep.tracking.tracker import RUN_STATUS, Tracker, tracking_uri
from sweep.workspace import SweepFolder

# MLflow 3.17 asks SQLAlchemy 2.1 for a loader strategy that it will drop.
pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader:DeprecationWarning")
KEY = TrialKey(arm="lstm", number=0)


def config_of(uri: str | None, workdir: Path) -> Config:
    return Config(workdir=str(workdir), tracking=TrackingConfig(uri=uri), search=None)


def complete(key: TrialKey = KEY, **changes: object) -> TrialResult:
    fields = {
        "status": Status.COMPLETE,
        "stopped": Stopped.max_epochs,
        "value": 0.9,
        "epochs": 3,
        "metrics": {"f1": 0.8},
        "threshold": 0.4,
    }
    return TrialResult(key=key, **(fields | changes))  # type: ignore[arg-type]


def note_trial(tracker: Tracker, key: TrialKey = KEY, epochs: int = 3) -> None:
    tracker.trial_started(key, {"model": {"cell": "lstm", "hidden": 8}}, {"seed": 7})
    for epoch in range(epochs):
        metrics = {"f1": epoch / 10, "train_loss": 1.0}
        tracker.epoch(
            EpochReport(
                key=key, epoch=epoch, best=epoch / 10, error=0.0, learned=1, metrics=metrics
            )
        )


@pytest.fixture
def database(tmp_path: Path) -> Path:
    mlflow_database.database(tmp_path / "mlflow")
    return tmp_path / "mlflow"


@pytest.fixture
def tracker(database: Path, tmp_path: Path) -> Tracker:
    uri = tracking_uri(config_of(None, database))
    return Tracker(tmp_path, uri=uri, experiment=tmp_path.name, artifacts=database / "artifacts")


def runs(tracker: Tracker) -> list:
    from mlflow import MlflowClient

    client = MlflowClient(tracker.target.uri)
    experiment = client.get_experiment_by_name(tracker.target.experiment)
    assert experiment is not None
    return client.search_runs([experiment.experiment_id], run_view_type=3)


def history(tracker: Tracker, run: object, metric: str) -> list[tuple[int, float]]:
    from mlflow import MlflowClient

    points = MlflowClient(tracker.target.uri).get_metric_history(run.info.run_id, metric)
    return [(point.step, point.value) for point in points]


def test_the_default_is_a_file_in_the_workdir(tmp_path: Path) -> None:
    assert tracking_uri(config_of(None, tmp_path)) == f"sqlite:///{tmp_path}/mlflow.db"
    assert tracking_uri(config_of("http://h:5000", tmp_path)) == "http://h:5000"


@pytest.mark.parametrize("name", ["with space", "ünï", "q?x=y", "a#b", "50%", "50%25"])
def test_the_file_may_lie_in_any_folder(tmp_path: Path, name: str) -> None:
    from mlflow import MlflowClient

    folder = tmp_path / name
    mlflow_database.database(folder)
    uri = tracking_uri(config_of(None, folder))
    experiment = MlflowClient(uri).create_experiment("s", (folder / "artifacts").as_uri())
    run = MlflowClient(uri).create_run(experiment)
    (tmp_path / "told.txt").write_text("told")
    MlflowClient(uri).log_artifact(run.info.run_id, str(tmp_path / "told.txt"))
    with closing(sqlite3.connect(folder / "mlflow.db")) as opened:
        assert opened.execute("SELECT name FROM experiments").fetchall()[-1] == ("s",)
    assert [path.name for path in folder.rglob("told.txt")] == ["told.txt"]
    assert {path.name for path in tmp_path.iterdir()} == {name, "told.txt"}


@pytest.mark.parametrize("uri", ["mlruns", "./a/b", "file:///tmp/x", ""])
def test_a_plain_folder_is_refused(uri: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no longer writes to plain folders"):
        tracking_uri(config_of(uri, tmp_path))


def test_noting_hides_credentials(tmp_path: Path) -> None:
    uri = "http://user:s3cret@127.0.0.1:9"
    tracker = Tracker(tmp_path, uri=uri, experiment="s", artifacts=tmp_path)
    tracker.sweep_started({"tracking": {"uri": uri}}, {})
    note_trial(tracker, TrialKey(arm="a", number=0), epochs=2)
    tracker.close()
    assert "s3cret" not in SweepFolder(tmp_path).outbox.read_text()
    assert tracker.left() == 1 + 1 + 2


def test_what_a_killed_coordinator_left_is_known(tmp_path: Path) -> None:
    def tracker() -> Tracker:
        return Tracker(tmp_path, uri="http://h", experiment="s", artifacts=tmp_path)

    first = tracker()
    first.sweep_started({}, {})
    note_trial(first)
    note_trial(first, TrialKey(arm="gru", number=1))
    first.trial_ended(complete(), tmp_path / "missing")
    first.close()
    second = tracker()
    assert second.unfinished == [TrialKey(arm="gru", number=1)]
    interrupted = {"status": Status.FAILED, "reason": Reason.interrupted, "value": None}
    second.trial_ended(complete(second.unfinished[0], **interrupted), tmp_path)
    second.sweep_started({}, {})
    second.close()
    assert tracker().unfinished == []
    events = [json.loads(line) for line in SweepFolder(tmp_path).outbox.read_text().splitlines()]
    starts = {event["run"] for event in events if event["kind"] == "sweep_started"}
    assert len(starts) == 1, "a resumed sweep keeps its parent run"
    assert [e["ending"] for e in events if e["kind"] == "trial_ended"] == ["FINISHED", "KILLED"]


def test_an_end_without_a_start_is_a_mistake_of_ours(tmp_path: Path) -> None:
    tracker = Tracker(tmp_path, uri="http://h", experiment="s", artifacts=tmp_path)
    with pytest.raises(ValueError, match="comes before"):
        tracker.sweep_ended(Ending.complete, {}, tmp_path)


def test_every_ending_has_a_status_of_mlflows() -> None:
    assert set(RUN_STATUS) == set(Ending)


def test_a_retry_does_not_change_the_first_attempts_history(tmp_path: Path) -> None:
    tracker = Tracker(tmp_path, uri="http://h", experiment="s", artifacts=tmp_path)
    folder = tmp_path / "trial"
    folder.mkdir()
    (folder / "best.ckpt").write_bytes(b"\xff")
    for attempt in (1, 2):
        key = TrialKey(arm="lstm", number=0, attempt=attempt)
        (folder / "history.jsonl").write_text(f"{attempt}\n")
        note_trial(tracker, key)
        tracker.trial_ended(complete(key), folder)
    tracker.close()
    events = [json.loads(line) for line in SweepFolder(tmp_path).outbox.read_text().splitlines()]
    files = [event["files"] for event in events if event["kind"] == "trial_ended"]
    assert files == [{"history.jsonl": "1\n"}, {"history.jsonl": "2\n"}]


def test_statuses_reach_mlflow(tracker: Tracker, tmp_path: Path) -> None:
    endings = {
        "complete": ({}, "FINISHED"),
        "pruned": ({"status": Status.PRUNED, "stopped": Stopped.pruned}, "FINISHED"),
        "failed": ({"status": Status.FAILED, "reason": Reason.diverged}, "FAILED"),
        "stopped": ({"status": Status.FAILED, "reason": Reason.interrupted}, "KILLED"),
    }
    tracker.start()
    tracker.sweep_started({"seed": 0}, {"fingerprint": "f"})
    for number, (arm, (changes, _)) in enumerate(endings.items()):
        key = TrialKey(arm=arm, number=number)
        note_trial(tracker, key)
        tracker.trial_ended(complete(key, **changes), tmp_path)
    tracker.sweep_ended(Ending.interrupted, {"name": "s"}, tmp_path)
    assert tracker.drain(60) == 0
    tracker.close()
    found = {run.info.run_name.partition("-")[0]: run for run in runs(tracker)}
    parent = found.pop(tmp_path.name.partition("-")[0])
    assert parent.info.status == "KILLED"
    assert {a: r.info.status for a, r in found.items()} == {a: e[1] for a, e in endings.items()}
    assert {r.data.tags["mlflow.parentRunId"] for r in found.values()} == {parent.info.run_id}
    assert found["failed"].data.tags["reason"] == "diverged"
    assert found["complete"].data.params == {"model.cell": "lstm", "model.hidden": "8"}
    assert history(tracker, found["complete"], "f1") == [(0, 0.0), (1, 0.1), (2, 0.2)]


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
        tracker.sweep_ended("complete", {}, tmp_path)
    assert [tracker.drain(120) for tracker in trackers] == [0, 0]
    for tracker in trackers:
        tracker.close(30)
        assert [run.info.status for run in runs(tracker)] == ["FINISHED"]
        log = tracker.folder / "tracking.log"
        assert "Error" not in (log.read_text() if log.exists() else "")


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


COORDINATOR = """
    import sys
    from pathlib import Path
    from tracking.test_tracker import TrialKey, complete, note_trial
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
