"""Tracking end to end: what was noted is in MLflow once, whatever is killed."""

import json
from pathlib import Path

import pytest

from support.tracked_trials import KEY, complete, history, note_trial, runs
from sweep.errors import UserError
from sweep.records import Ending, EpochReport, Reason, Status, Stopped, TrialKey
from sweep.tracking.tracker import RUN_STATUS, Tracker
from sweep.workspace import SweepFolder

# MLflow 3.17 asks SQLAlchemy 2.1 for a loader strategy that it will drop.
pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader:DeprecationWarning")


def test_noting_hides_credentials(tmp_path: Path) -> None:
    uri = "http://user:s3cret@127.0.0.1:9"
    tracker = Tracker(tmp_path, uri=uri, experiment="s", artifacts=tmp_path)
    tracker.sweep_started({"tracking": {"uri": uri}}, {})
    note_trial(tracker, TrialKey(arm="a", number=0), epochs=2)
    tracker.close()
    assert "s3cret" not in SweepFolder(tmp_path).outbox.read_text()
    assert tracker.left() == 1 + 1 + 2


def test_what_the_probe_tells_stands_under_a_name_of_its_own(tmp_path: Path) -> None:
    tracker = Tracker(tmp_path, uri="http://h", experiment="s", artifacts=tmp_path)
    tracker.trial_started(KEY, {}, {})
    probe = {"probe/gradient_norm/rnn": 0.3, "probe/gap": -0.1}
    scores = {"best": 0.5, "error": 0.1, "learned": 1, "metrics": {"f1": 0.5}}
    tracker.epoch(EpochReport(key=KEY, epoch=0, **scores, probe=probe))
    tracker.close()
    told = [json.loads(line) for line in SweepFolder(tmp_path).outbox.read_text().splitlines()]
    names = {"f1": 0.5, "best": 0.5, "probe/gradient_norm/rnn": 0.3, "probe/gap": -0.1}
    assert told[-1]["metrics"] == names


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


def test_symptoms_become_tags_of_the_latest_attempts_and_go_again(tmp_path: Path) -> None:
    tracker = Tracker(tmp_path, uri="http://h", experiment="s", artifacts=tmp_path)
    tracker.sweep_started({}, {})
    for key in (TrialKey(arm="lstm", number=0, attempt=n) for n in (1, 2)):
        note_trial(tracker, key, epochs=0)
    note_trial(tracker, TrialKey(arm="lstm", number=0, fold=1), epochs=0)
    now = {"": ["collapse"], "lstm-0": ["collapse", "stalled"], "gru-7": ["stalled"]}
    tracker.symptoms(now, {"": ["stalled"], "lstm-0": ["stalled"]})
    tracker.close()
    events = [json.loads(line) for line in SweepFolder(tmp_path).outbox.read_text().splitlines()]
    tagged = {event["run"]: event["tags"] for event in events if event["kind"] == "tagged"}
    (sweep,) = (event["run"] for event in events if event["kind"] == "sweep_started")
    (second,) = (e["run"] for e in events if e.get("name") == "lstm-0 (2)")
    assert tagged == {
        sweep: {"symptom.stalled": "false", "symptom.collapse": "true"},
        second: {"symptom.stalled": "true", "symptom.collapse": "true"},
    }


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


@pytest.mark.parametrize(
    ("raised", "before", "noted"),
    [
        (UserError("the winner is gone"), False, ("FAILED", "UserError: the winner is gone")),
        (KeyboardInterrupt(), False, ("KILLED", "KeyboardInterrupt: ")),
        (ZeroDivisionError("late"), True, None),
    ],
    ids=["refused", "interrupted", "after its end"],
)
def test_an_exception_ends_the_run(
    tmp_path: Path,
    tracker: Tracker,
    raised: BaseException,
    before: bool,
    noted: tuple[str, str] | None,
) -> None:
    tracker.sweep_started({}, {})
    if before:
        tracker.sweep_ended(Ending.complete, {"name": "s"}, tmp_path)
    with pytest.raises(type(raised)), tracker.until_ended():
        raise raised
    tracker.close()
    events = [json.loads(line) for line in SweepFolder(tmp_path).outbox.read_text().splitlines()]
    broken = [(e["ending"], e["message"]) for e in events if e["kind"] == "sweep_broken"]
    assert broken == ([] if noted is None else [noted])


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
