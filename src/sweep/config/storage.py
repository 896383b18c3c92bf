"""Settings of where trials are kept."""

from dataclasses import dataclass

from sweep.errors import UserError
from sweep.redaction import holds_secret, redact

SCHEMES = ("postgresql://", "postgresql+psycopg://")


@dataclass(kw_only=True, slots=True)
class StorageConfig:
    """Where Optuna keeps the trials."""

    url: str | None = None
    """A PostgreSQL database, `postgresql+psycopg://USER@HOST/DATABASE`, without a password: that comes from PGPASSWORD
    or ~/.pgpass. By default `optuna.db` in `workdir`."""
    patience_s: float = 3600.0
    """Seconds that a database server which has gone is waited for; then the sweep ends as interrupted."""

    def __post_init__(self) -> None:
        mistakes = []
        if self.url is not None and not self.url.startswith(SCHEMES):
            mistakes.append(
                f"storage.url must be postgresql+psycopg://USER@HOST/DATABASE, but got {redact(self.url)!r}; without "
                "it trials lie in optuna.db in `workdir`."
            )
        if self.url is not None and holds_secret(self.url):
            mistakes.append(
                f"storage.url must hold no password, which files and the list of processes would show, but got "
                f"{redact(self.url)}. Put it into PGPASSWORD or ~/.pgpass."
            )
        if self.patience_s < 0:
            mistakes.append(
                f"storage.patience_s must not be negative, but got {self.patience_s:g}."
            )
        if mistakes:
            raise UserError(*mistakes)
