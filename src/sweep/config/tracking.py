"""Settings of where a sweep is told: in MLflow, and on its own page."""

from dataclasses import dataclass

from sweep.errors import UserError


@dataclass(kw_only=True, slots=True)
class TrackingConfig:
    """Where MLflow records the sweep."""

    uri: str | None = None
    """MLflow tracking server or database; by default `mlflow.db` in `workdir`."""
    drain_s: float = 60.0
    """Seconds that a finished sweep waits for MLflow to catch up; the rest is sent by the next command."""


@dataclass(kw_only=True, slots=True)
class ReportConfig:
    """What stands on the sweep's page."""

    examples: int = 10
    """Words of the corpus that it shows; 0 leaves them out."""

    def __post_init__(self) -> None:
        if self.examples < 0:
            raise UserError(f"report.examples must be at least 0, but got {self.examples}.")
