"""A database with MLflow's tables, made once a session: MLflow takes seconds for it."""

import atexit
import functools
import shutil
import sqlite3
import tempfile
from pathlib import Path

from mlflow import MlflowClient


@functools.cache
def _template() -> Path:
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    MlflowClient(f"sqlite:///{folder / 'mlflow.db'}").search_experiments()
    with sqlite3.connect(folder / "mlflow.db") as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return folder / "mlflow.db"


def database(folder: Path) -> str:
    """Lay an empty database into a folder and give its address."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(_template(), folder / "mlflow.db")
    return f"sqlite:///{folder / 'mlflow.db'}"
