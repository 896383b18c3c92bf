"""Settings of where a sweep is told: in MLflow, and on its own page."""

from dataclasses import dataclass

from sweep.errors import UserError
from sweep.redaction import holds_secret, redact


@dataclass(kw_only=True, slots=True)
class TrackingConfig:
    """Where MLflow records the sweep."""

    uri: str | None = None
    """MLflow tracking server or database, without a password; by default `mlflow.db` in `workdir`."""
    drain_s: float = 60.0
    """Seconds that a finished sweep waits for MLflow to catch up; the rest is sent by the next command."""

    def __post_init__(self) -> None:
        if self.uri is not None and holds_secret(self.uri):
            raise UserError(
                f"tracking.uri must hold no password and no token, which files would keep, but got {redact(self.uri)}. "
                "A server takes them from MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD or "
                "MLFLOW_TRACKING_TOKEN, PostgreSQL from PGPASSWORD or ~/.pgpass."
            )


@dataclass(kw_only=True, slots=True)
class ReportConfig:
    """What stands on the sweep's page."""

    examples: int = 10
    """Words of the corpus that it shows; 0 leaves them out."""

    def __post_init__(self) -> None:
        if self.examples < 0:
            raise UserError(f"report.examples must be at least 0, but got {self.examples}.")
