"""The timeline: what has ended, with its times, and how."""

from pathlib import Path

from sweep.records import Reason, Status, TrialKey, TrialResult
from sweep.tracking.timeline import spans
from sweep.tracking.tracker import Tracker
from sweep.workspace import SweepFolder


def test_what_has_ended_stands_there(tmp_path: Path) -> None:
    tracker = Tracker(tmp_path, uri="http://h", experiment="s", artifacts=tmp_path)
    tracker.sweep_started({}, {})
    ended = [
        TrialResult(key=TrialKey(arm="lstm", number=0), status=Status.COMPLETE, value=0.5),
        TrialResult(
            key=TrialKey(arm="lstm", number=1), status=Status.FAILED, reason=Reason.killed
        ),
        TrialResult(key=TrialKey(arm="gru", number=0, fold=2), status=Status.COMPLETE, value=0.5),
    ]
    for result in ended:
        tracker.trial_started(result.key, {}, {})
        tracker.trial_ended(result, tmp_path / "none")
    tracker.trial_started(TrialKey(arm="lstm", number=2), {}, {})
    tracker.close()
    found = spans(SweepFolder(tmp_path))
    told = [(each.name, each.how) for each in found]
    assert told == [("lstm-0", "COMPLETE"), ("lstm-1", "FAILED"), ("gru-0 fold 3", "fold")]
    assert all(0 <= each.ended - each.began < 60 for each in found)


def test_no_outbox_no_timeline(tmp_path: Path) -> None:
    assert spans(SweepFolder(tmp_path)) == []
