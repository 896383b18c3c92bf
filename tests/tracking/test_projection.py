"""Each event told once, twice, or after someone's deletions leaves the same in MLflow."""

from pathlib import Path
from typing import Any

import pytest
from mlflow import MlflowClient

from support.mlflow_database import database
from sweep.tracking.projection import Projection, UnknownRunError, find_runs
from sweep.workspace import SweepFolder

# MLflow 3.17 asks SQLAlchemy 2.1 for a loader strategy that it will drop.
pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader:DeprecationWarning")
SWEEP, TRIAL = "sms/1", "sms/lstm-0/1-2"
RESULT = {
    "status": "COMPLETE", "reason": None, "message": "", "stopped": "early_stopping", "value": 0.9,
    "epoch": 1, "epochs": 2, "threshold": 0.4, "metrics": {"f1": 0.8}, "seconds": 2.5,
    "checkpoint": "best.ckpt", "sha256": "ab",
}  # fmt: skip


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> MlflowClient:
    return MlflowClient(database(tmp_path_factory.mktemp("mlflow")))


@pytest.fixture
def projection(client: MlflowClient, tmp_path: Path) -> Projection:
    made = client.create_experiment(tmp_path.name, artifact_location=(tmp_path / "art").as_uri())
    return Projection(client, made)


def events(folder: Path, **result: object) -> list[dict[str, Any]]:
    (folder / "summary.json").write_text("{}")
    (folder / "outbox.jsonl").write_text("")
    summary = {"status": "complete", "best": {"arm": "lstm", "number": 0, "test": {"f1": 0.7}}}
    ending = {"FAILED": "FAILED"}.get(str(result.get("status")), "FINISHED")
    key = {"arm": "lstm", "number": 0, "attempt": 1}
    told: list[dict[str, Any]] = [
        {"kind": "sweep_started", "run": SWEEP, "name": "sms", "config": {"seed": 0}, "tags": {"fingerprint": "f"}},
        {"kind": "trial_started", "run": TRIAL, "parent": SWEEP, "key": key, "name": "lstm-0",
         "params": {"model": {"cell": "lstm", "layers": 2}, "x": "y" * 7000}, "tags": key},
        {"kind": "epoch", "run": TRIAL, "epoch": 0, "metrics": {"f1": 0.5, "best": 0.5}},
        {"kind": "epoch", "run": TRIAL, "epoch": 1, "metrics": {"f1": 0.6, "nan": float("nan")}},
        {"kind": "trial_ended", "run": TRIAL, "ending": ending, "result": RESULT | result,
         "files": {"history.jsonl": "{}\n"}},
        {"kind": "sweep_ended", "run": SWEEP, "ending": "FINISHED", "summary": summary,
         "artifacts": str(folder)},
    ]  # fmt: skip
    return [event | {"time": 1000 + 10 * i} for i, event in enumerate(told)]


def tell(projection: Projection, told: list[dict[str, Any]]) -> None:
    for event in told:
        for step in projection.steps(event):
            step.action()
    for step in projection.flush():
        step.action()


def only(projection: Projection, run: str) -> Any:
    (found,) = find_runs(projection.client, projection.experiment, run)
    return found


def points(projection: Projection, metric: str) -> list[tuple[int, float, int]]:
    run_id = only(projection, TRIAL).info.run_id
    found = projection.client.get_metric_history(run_id, metric)
    return [(point.step, point.value, point.timestamp) for point in found]


def test_a_trial(projection: Projection, tmp_path: Path) -> None:
    tell(projection, events(tmp_path))
    run = only(projection, TRIAL)
    assert (run.info.status, run.info.start_time, run.info.end_time) == ("FINISHED", 1010, 1040)
    assert run.info.run_name == "lstm-0"
    assert run.data.params["model.layers"] == "2"
    assert run.data.params["x"] == "y" * 5999 + "…"
    assert points(projection, "f1") == [(0, 0.5, 1020), (1, 0.6, 1030)]
    assert run.data.metrics["final.f1"] == 0.8
    expected = {"status": "COMPLETE", "arm": "lstm", "number": "0", "attempt": "1"}
    expected |= {"mlflow.parentRunId": only(projection, SWEEP).info.run_id, "sweep.key": TRIAL}
    assert expected.items() <= run.data.tags.items()
    names = {file.path for file in projection.client.list_artifacts(run.info.run_id)}
    assert names == {"settings.json", "history.jsonl"}


def test_the_sweep(projection: Projection, tmp_path: Path) -> None:
    tell(projection, events(tmp_path))
    run = only(projection, SWEEP)
    assert run.info.status == "FINISHED"
    assert run.data.metrics == {"test.f1": 0.7}
    assert run.data.tags["best.arm"] == "lstm"
    names = {file.path for file in projection.client.list_artifacts(run.info.run_id)}
    assert names == {"config.json", "summary.json"}


def test_the_report_goes_with_the_sweep(projection: Projection, tmp_path: Path) -> None:
    report = SweepFolder(tmp_path).report
    report.mkdir()
    for name in ("report.html", "report.md", "trials.csv", "half.part"):
        (report / name).write_text("told", encoding="utf-8")
    tell(projection, events(tmp_path))
    run_id = only(projection, SWEEP).info.run_id
    found = {file.path for file in projection.client.list_artifacts(run_id, "report")}
    assert found == {"report/report.html", "report/report.md", "report/trials.csv"}


def test_a_failure_says_why(projection: Projection, tmp_path: Path) -> None:
    failed = {"status": "FAILED", "reason": "diverged", "message": "m" * 9000, "value": None}
    tell(projection, events(tmp_path, **failed, metrics={}, threshold=None))
    run = only(projection, TRIAL)
    assert run.info.status == "FAILED"
    assert run.data.tags["reason"] == "diverged"
    assert len(run.data.tags["message"]) == 5000


@pytest.mark.parametrize("again_from", range(6))
def test_telling_again_changes_nothing(
    projection: Projection, tmp_path: Path, again_from: int
) -> None:
    told = events(tmp_path)
    tell(projection, told)
    before = {run: str(only(projection, run).to_dictionary()) for run in (SWEEP, TRIAL)}
    before_points = str((points(projection, "f1"), points(projection, "nan")))
    tell(Projection(projection.client, projection.experiment), told[again_from:])
    assert {run: str(only(projection, run).to_dictionary()) for run in (SWEEP, TRIAL)} == before
    assert str((points(projection, "f1"), points(projection, "nan"))) == before_points


def test_a_kill_between_any_two_steps_is_made_good(projection: Projection, tmp_path: Path) -> None:
    told = events(tmp_path)
    stop = 0
    while True:
        killed = Projection(projection.client, projection.experiment)
        steps = [step for event in told for step in killed.steps(event)]
        if stop >= len(steps):
            break
        for step in steps[: stop + 1]:
            step.action()
        stop += 1
    assert len(projection.client.search_runs([projection.experiment])) == 2
    assert points(projection, "f1") == [(0, 0.5, 1020), (1, 0.6, 1030)]
    assert only(projection, TRIAL).info.status == "FINISHED"


def test_a_resumed_sweep_goes_on_in_its_run(projection: Projection, tmp_path: Path) -> None:
    told = events(tmp_path)
    tell(projection, told)
    tell(projection, [told[0] | {"time": 5000}])
    assert only(projection, SWEEP).info.status == "RUNNING"
    tell(projection, [told[-1] | {"time": 6000, "ending": "KILLED"}])
    assert only(projection, SWEEP).info.status == "KILLED"
    assert only(projection, SWEEP).info.end_time == 6000


def test_a_sweep_that_broke_off_does_not_stay_running(
    projection: Projection, tmp_path: Path
) -> None:
    broken = {"kind": "sweep_broken", "run": SWEEP, "ending": "FAILED", "message": "m", "time": 99}
    tell(projection, [events(tmp_path)[0], broken])
    run = only(projection, SWEEP)
    assert (run.info.status, run.info.end_time) == ("FAILED", 99)
    assert {"status": "broken", "message": "m"}.items() <= run.data.tags.items()


def test_symptoms_are_tags(projection: Projection, tmp_path: Path) -> None:
    tags = {"symptom.collapse": "true"}
    tell(
        projection,
        [*events(tmp_path)[:2], {"kind": "tagged", "run": TRIAL, "time": 9, "tags": tags}],
    )
    assert tags.items() <= only(projection, TRIAL).data.tags.items()


def test_a_new_outbox_ends_the_runs_of_one_that_was_deleted(
    projection: Projection, tmp_path: Path
) -> None:
    tell(projection, events(tmp_path)[:2])  # killed, and then the folder was deleted
    own = projection.client.create_run(projection.experiment).info.run_id  # a user's own
    started = events(tmp_path)[0] | {"run": "sms/2"}
    tell(Projection(projection.client, projection.experiment), [started])
    states = {run: only(projection, run).info.status for run in (SWEEP, TRIAL, "sms/2")}
    assert states == {SWEEP: "KILLED", TRIAL: "KILLED", "sms/2": "RUNNING"}
    assert projection.client.get_run(own).info.status == "RUNNING"


def test_a_run_made_twice_by_a_late_answer_is_one(projection: Projection, tmp_path: Path) -> None:
    for _ in range(2):
        projection.client.create_run(projection.experiment, 1010, {"sweep.key": TRIAL})
    tell(projection, events(tmp_path))
    alive = projection.client.search_runs([projection.experiment], f"tags.`sweep.key` = '{TRIAL}'")
    assert [run.info.status for run in alive] == ["FINISHED"]


@pytest.mark.parametrize("deleted", [SWEEP, TRIAL])
def test_a_run_deleted_by_hand_stays_deleted(
    projection: Projection, tmp_path: Path, deleted: str
) -> None:
    told = events(tmp_path)
    tell(projection, told)
    projection.client.delete_run(only(projection, deleted).info.run_id)
    again = Projection(projection.client, projection.experiment)
    refused = 0
    for event in told:
        for step in again.steps(event):
            try:
                step.action()
            except UnknownRunError:
                refused += 1
    assert refused
    assert only(projection, deleted).info.lifecycle_stage == "deleted"
    assert len(projection.client.search_runs([projection.experiment])) == 1


def test_more_points_than_a_request_takes(projection: Projection, tmp_path: Path) -> None:
    told = events(tmp_path)
    wide = {f"m{i}": float(i) for i in range(300)}
    epochs = [told[2] | {"epoch": i, "metrics": wide} for i in range(5)]
    tell(projection, [*told[:2], *epochs])
    assert len(points(projection, "m299")) == 5


def test_a_quote_in_a_key_is_refused(projection: Projection) -> None:
    with pytest.raises(ValueError, match="no quote mark"):
        find_runs(projection.client, projection.experiment, "it's")
