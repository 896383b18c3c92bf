"""Where MLflow records: a server, or a SQLite file in the folder of all sweeps."""

from pathlib import Path
from urllib.parse import quote

from sweep.config import Config
from sweep.errors import UserError
from sweep.redaction import redact
from sweep.workspace import Workspace


def tracking_uri(config: Config) -> str:
    """Say where MLflow records.

    Args:
        config: all settings; `tracking.uri` and `workdir` are read.

    Returns:
        The address; by default a SQLite file in `workdir`.

    Raises:
        UserError: the address is none that MLflow can write to.
    """
    uri = config.tracking.uri
    if uri is None:
        return _address(str(Workspace(Path(config.workdir)).mlflow.absolute()))
    scheme = uri.partition("://")[0].lower()
    if "://" not in uri or scheme == "file":
        raise UserError(
            "tracking.uri must be an MLflow server (http://HOST:PORT) or a database "
            f"(sqlite:///FILE.db, postgresql://…), but got {redact(uri)!r}; MLflow no longer "
            "writes to plain folders."
        )
    return uri


def _address(path: str) -> str:
    if not set("?#%") & set(path):
        return f"sqlite:///{path}"
    # With the driver named, MLflow does not make the folder that the escaped path would be.
    return f"sqlite+pysqlite:///{quote(path, safe=' +/')}"
