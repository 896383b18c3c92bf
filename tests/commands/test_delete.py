"""The command `delete`: afterwards the same command works as it did the first time."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from support.child_environment import child_environment
from sweep.__main__ import main

GIVEN = ["+search=smoke", "trainer.accelerator=cpu", "model.vectors=none", "executor.workers=1"]
TABLES = {
    "mlflow.db": ("runs", "metrics", "params", "tags", "registered_models", "model_versions"),
    "optuna.db": ("studies", "trials", "trial_params", "trial_values"),
}


def run(folder: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "sweep", *words],
        cwd=folder, env=child_environment(), capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def rows(folder: Path) -> dict[str, int]:
    found = {}
    for database, tables in TABLES.items():
        with closing(sqlite3.connect(folder / "runs" / database)) as opened:
            for table in tables:
                found[table] = opened.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]
    return found


def runs_of(folder: Path) -> int:
    """The sweep's own run, two trials, and a finalist's members, one a fold."""
    told = (folder / "runs" / "smoke" / "summary.json").read_text(encoding="utf-8")
    finalists = json.loads(told)["confirm"]["finalists"].values()
    return 3 + sum(len(finalist["scores"]) for finalist in finalists)


@pytest.mark.slow
@pytest.mark.timeout(900)  # two sweeps, an export, and MLflow loaded six times
def test_starting_over(tmp_path: Path) -> None:
    run(tmp_path, *GIVEN)
    run(tmp_path, "export", "name=smoke")
    assert "complete" in run(tmp_path, "list")
    runs = rows(tmp_path)["runs"]
    assert runs == runs_of(tmp_path)
    told = run(tmp_path, "delete", "name=smoke")
    for part in (
        "1 version of",
        f"`smoke` with {runs} runs",
        "1 study with 2 trials",
        "cache",
        "runs/smoke (",
    ):
        assert part in told
    assert set(rows(tmp_path).values()) == {0}
    left = {path.name for path in (tmp_path / "runs").iterdir()}
    assert left <= {"mlflow.db", "mlflow.db.lock", "optuna.db", "optuna.db.lock", "mlartifacts"}
    assert list((tmp_path / "runs").glob("mlartifacts/*/*")) == []
    again = run(tmp_path, *GIVEN, "seed=1")  # nothing binds it
    assert "resuming" not in again
    assert rows(tmp_path)["runs"] == runs_of(tmp_path)


def test_a_name_must_be_given(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["delete"]) == 2
    assert "`name=` must be given: the sweep's name." in capsys.readouterr().err
