"""An empty MLflow database, and a tracker that writes to it."""

from pathlib import Path

import pytest

from support import mlflow_database
from support.tracked_trials import config_of
from sweep.tracking.address import tracking_uri
from sweep.tracking.tracker import Tracker


@pytest.fixture
def database(tmp_path: Path) -> Path:
    mlflow_database.database(tmp_path / "mlflow")
    return tmp_path / "mlflow"


@pytest.fixture
def tracker(database: Path, tmp_path: Path) -> Tracker:
    uri = tracking_uri(config_of(None, database))
    return Tracker(tmp_path, uri=uri, experiment=tmp_path.name, artifacts=database / "artifacts")
