"""A sweep's runs leave MLflow: a database for good, a server so that the name is free again."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from support.mlflow_database import database
from sweep.errors import UserError
from sweep.tracking import removal
from sweep.tracking.outbox import Target
from sweep.tracking.removal import RecordedSweep

# MLflow 3.17 asks SQLAlchemy 2.1 for a loader strategy that it will drop.
pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader:DeprecationWarning")


class Recorded:
    """A database with the runs of some sweeps, each with an artifact."""

    def __init__(self, folder: Path, *names: str) -> None:
        self.folder = folder
        self.uri = database(folder)
        self.client = MlflowClient(self.uri)
        for name in names:
            place = (folder / "art" / "shared").as_uri()
            number = self.client.create_experiment(name, artifact_location=place)
            for _ in range(2):
                run = self.client.create_run(number).info.run_id
                self.client.log_metric(run, "f1", 0.5)
                self.client.log_text(run, "told", "told.txt")

    def of(self, name: str) -> RecordedSweep:
        return RecordedSweep(Target(self.uri, name, str(self.folder / "art")))

    def count(self, table: str) -> int:
        with closing(sqlite3.connect(self.folder / "mlflow.db")) as opened:
            found: int = opened.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]
            return found


def test_a_database_is_rid_of_it_and_of_nothing_else(tmp_path: Path) -> None:
    made = Recorded(tmp_path, "a", "b")
    sweep = made.of("a")
    assert len(sweep.runs) == 2
    sweep.remove()
    assert (made.count("experiments"), made.count("runs"), made.count("metrics")) == (2, 2, 2)
    assert made.of("a").experiments == []
    assert len(list((tmp_path / "art").rglob("told.txt"))) == 2
    assert len(list((tmp_path / "art" / "shared").iterdir())) == 2
    made.of("b").remove()
    assert list((tmp_path / "art").rglob("*")) == []
    made.of("b").remove()  # nothing is left to do


def test_a_kill_before_the_end_is_made_good(tmp_path: Path) -> None:
    made = Recorded(tmp_path, "a")
    made.client.delete_experiment(made.of("a").experiments[0].experiment_id)
    half = made.of("a")
    assert len(half.runs) == 2
    half.remove()
    assert (made.count("experiments"), made.count("runs")) == (1, 0)


@pytest.mark.parametrize("killed_after", ["nothing", "rename", "delete"])
def test_a_server_gives_the_name_free(
    tmp_path: Path, killed_after: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Recorded(tmp_path, "my_sweep", "my_sweep (deleted by me)", "mysweep (deleted 9)")
    monkeypatch.setattr(removal, "is_served", lambda uri: True)
    number = made.of("my_sweep").experiments[0].experiment_id
    if killed_after == "rename":
        made.client.rename_experiment(number, f"my_sweep (deleted {number})")
    elif killed_after == "delete":
        made.client.delete_experiment(number)
    made.of("my_sweep").remove()
    assert made.client.get_experiment(number).lifecycle_stage == "deleted"
    assert made.client.get_experiment_by_name("my_sweep") is None
    assert made.client.search_runs([number]) == []
    assert made.client.get_experiment_by_name("mysweep (deleted 9)").lifecycle_stage == "active"
    made.client.create_experiment("my_sweep")


def test_mlflow_that_does_not_answer_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dead(*given: object) -> None:
        raise MlflowException("the disk is on fire")

    made = Recorded(tmp_path, "a")
    monkeypatch.setattr(MlflowClient, "get_experiment_by_name", dead)
    with pytest.raises(UserError, match=r"the disk is on fire.*`mlflow=false` leaves them there"):
        made.of("a")
