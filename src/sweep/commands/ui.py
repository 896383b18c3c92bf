"""The command `ui`: MLflow's page, on this machine only."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

from rich.console import Console

from sweep.config import Config
from sweep.errors import UserError
from sweep.redaction import redact
from sweep.serving.server import HOST, take_port
from sweep.tracking.address import tracking_uri
from sweep.workspace import Workspace

PORT = "MLFLOW_PORT"  # MLflow's own variable
FIRST_PORT = 5000
LEAVE_S = 5.0  # an idle server ends within a second
UNSAFE = (  # would lift what is set below
    "MLFLOW_SERVER_DISABLE_SECURITY_MIDDLEWARE",
    "MLFLOW_SERVER_CORS_ALLOWED_ORIGINS",
    "MLFLOW_GUNICORN_OPTS",
    "MLFLOW_UVICORN_OPTS",
)


def run(config: Config) -> int:
    """Show the runs until Ctrl-C.

    Args:
        config: all settings.

    Returns:
        What MLflow's server ends with, or 130 after Ctrl-C or SIGTERM; neither leaves a process behind.

    Raises:
        UserError: nothing has been recorded, or the port that was named is taken.
    """
    console = Console(highlight=False)
    uri = tracking_uri(config)
    if uri.startswith(("http://", "https://")):
        console.print(f"this server shows its own page: {redact(uri)}", markup=False)
        return 0
    database = Workspace(Path(config.workdir)).mlflow
    if config.tracking.uri is None and not database.exists():
        raise UserError(
            f"{config.workdir} holds no {database.name}: no sweep has been run there. Set workdir=FOLDER."
        )
    with take_port(os.environ.get(PORT), first=FIRST_PORT, setting=PORT) as taken:
        port = int(taken.getsockname()[1])
    if PORT not in os.environ and port != FIRST_PORT:
        console.print(f"port {FIRST_PORT} is taken, the next free one is {port}")
    console.print(f"http://{HOST}:{port}   (Ctrl-C ends it)", markup=False)
    # A session of its own: MLflow starts processes that hold the port, and all of them are to end with us.
    server = subprocess.Popen(
        server_command(port), env=server_environment(uri), start_new_session=True
    )
    try:
        return server.wait()
    except KeyboardInterrupt:
        return 130
    finally:
        _end(server)


def _end(server: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        server.wait(LEAVE_S)
    # Those that did not heed it; the group outlives its first process.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGKILL)
    server.wait()


def server_command(port: int) -> list[str]:
    """The command that serves MLflow's page; the database's address is not part of it, since others see it.

    Args:
        port: to serve on.
    """
    hosts = f"{HOST}:{port},localhost:{port}"
    command = [sys.executable, "-m", "mlflow", "server", "--host", HOST, "--port", str(port)]
    # Artifacts are read where the runs say they are; nothing is uploaded through this page.
    return [*command, "--allowed-hosts", hosts, "--workers", "1", "--x-frame-options", "DENY"]


def server_environment(uri: str) -> dict[str, str]:
    """The environment of that command.

    Args:
        uri: of the database.
    """
    kept = {name: value for name, value in os.environ.items() if name not in UNSAFE}
    return kept | {"MLFLOW_BACKEND_STORE_URI": uri, "MLFLOW_DISABLE_TELEMETRY": "true"}
