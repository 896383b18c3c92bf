"""Settings of where trials are recorded."""

from dataclasses import dataclass


@dataclass(kw_only=True, slots=True)
class TrackingConfig:
    """Where MLflow records the sweep."""

    uri: str | None = None
    """MLflow tracking server or database; by default `mlflow.db` in `workdir`."""
    drain_s: float = 60.0
    """Seconds that a finished sweep waits for MLflow to catch up; the rest is sent by the next command."""
