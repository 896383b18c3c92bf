"""The command `ui`: MLflow's page, on this machine only."""

import os
import socket
import subprocess
import sys
from pathlib import Path

from rich.console import Console

from sweep.config import Config
from sweep.errors import UserError
from sweep.redaction import redact
from sweep.tracking.address import tracking_uri
from sweep.workspace import Workspace

HOST = "127.0.0.1"
PORT = "MLFLOW_PORT"  # MLflow's own variable
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
        0, or 130 after Ctrl-C.

    Raises:
        UserError: nothing has been recorded, or the port is taken.
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
    port = free_port(os.environ.get(PORT, "5000"))
    console.print(f"http://{HOST}:{port}   (Ctrl-C ends it)", markup=False)
    server = subprocess.Popen(server_command(port), env=server_environment(uri))
    try:
        return server.wait()
    except KeyboardInterrupt:
        return 130
    finally:
        server.terminate()
        server.wait()


def free_port(wanted: str) -> int:
    """See that a port can be served on.

    Args:
        wanted: its number, as written.

    Returns:
        The number.

    Raises:
        UserError: it is no port number, or another program has it.
    """
    if not wanted.isdecimal() or not 0 < int(wanted) < 65536:
        raise UserError(f"{PORT} must be a port number from 1 to 65535, but got {wanted!r}.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(wanted)))
        except OSError as error:
            raise UserError(
                f"Port {wanted} of {HOST} cannot be used ({error.strerror}): another program may serve "
                f"there. End it, or take another port: {PORT}={_other(int(wanted))} python -m sweep ui"
            ) from error
    return int(wanted)


def _other(port: int) -> int:
    return port + 1 if 1023 < port < 65535 else 5001


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
