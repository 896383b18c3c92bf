"""Where MLflow records: in a file of any folder, or at a server."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from support import mlflow_database
from support.tracked_trials import config_of
from sweep.errors import UserError
from sweep.tracking.address import tracking_uri

# MLflow 3.17 asks SQLAlchemy 2.1 for a loader strategy that it will drop.
pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader:DeprecationWarning")


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
