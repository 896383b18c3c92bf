"""Tracking end to end: what was noted is in MLflow once, whatever is killed."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from sweep.errors import UserError
from sweep.outbox import OUTBOX
from sweep.records import EpochReport, Reason, Status, Stopped, TrialKey, TrialResult
from sweep.tracking import Tracker, tracking_uri

KEY = TrialKey(arm="lstm", number=0)


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
        tracker.epoch(EpochReport(key=key, epoch=epoch, best=epoch / 10, metrics=metrics))


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One database for all: making its tables takes seconds."""
    return tmp_path_factory.mktemp("mlflow")


@pytest.fixture
def tracker(database: Path, tmp_path: Path) -> Tracker:
    uri = tracking_uri(None, database)
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
