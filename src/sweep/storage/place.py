"""Which database a sweep's trials lie in."""

from dataclasses import dataclass
from pathlib import Path

from sweep.config import Config
from sweep.redaction import redact
from sweep.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Place:
    """A database of trials.

    Args:
        file: the SQLite file of `workdir`, which is meant where there is no address.
        url: address of a PostgreSQL database, without a password.
        patience_s: seconds that a server which has gone is waited for.
    """

    file: Path
    url: str | None = None
    patience_s: float = 0.0

    def exists(self) -> bool:
        """Tell whether it may hold something; a server is asked when it is opened."""
        return self.url is not None or self.file.exists()

    def __str__(self) -> str:
        return str(self.file) if self.url is None else redact(self.url)


def place_of(config: Config) -> Place:
    """Say where a sweep's trials lie.

    Args:
        config: `workdir` and the settings of `storage` are read.
    """
    return Place(
        Workspace(Path(config.workdir)).optuna, config.storage.url, config.storage.patience_s
    )


def local(workspace: Workspace) -> Place:
    """The SQLite file of a folder of sweeps."""
    return Place(workspace.optuna)
