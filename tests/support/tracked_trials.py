"""Trials that a tracker is told of, and what MLflow then has of them."""

from pathlib import Path

from sweep.config import Config, TrackingConfig
from sweep.records import EpochReport, Status, Stopped, TrialKey, TrialResult
from sweep.tracking.tracker import Tracker

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
