"""The server: an exported model answers on the loopback address until it is told to end."""

import contextlib
import signal
import socket
from collections.abc import Callable, Sequence
from pathlib import Path

from sweep.errors import UserError

HOST = "127.0.0.1"
PORT = 8000
TRIED = 50  # ports from the usual one on
CONNECTIONS = 64  # at once; each may hold a body
LEAVE_S = 5  # what is being answered when the server is told to end has so long


def take_port(wanted: str | None, *, first: int = PORT, setting: str = "port") -> socket.socket:
    """Take a port of the loopback address.

    Args:
        wanted: its number as a person wrote it, and then no other will do; None takes the first or the next free one.
        first: the usual one.
        setting: by what a person names another.

    Returns:
        A socket bound to it.

    Raises:
        UserError: it is no port number, or the wanted one, or all that were tried, are taken.
    """
    if wanted is None:
        return _next_free(first, setting)
    digits = wanted.isascii() and wanted.isdecimal() and len(wanted) < 9
    if not digits or not 0 < int(wanted) < 65536:
        raise UserError(f"`{setting}` must be a number from 1 to 65535, but got {wanted!r}.")
    try:
        return _bound(int(wanted))
    except OSError as error:
        after = int(wanted) + 1 if 1023 < int(wanted) < 65000 else first
        with _next_free(after, setting) as free:
            other = free.getsockname()[1]
        raise UserError(
            f"{setting}={wanted} of {HOST} cannot be used ({error.strerror}): another program may serve there. End it, "
            f"or give the same command another port: {setting}={other}"
        ) from error


def _next_free(first: int, setting: str) -> socket.socket:
    for port in range(first, first + TRIED):
        with contextlib.suppress(OSError):
            return _bound(port)
    raise UserError(
        f"The ports {first} to {first + TRIED - 1} of {HOST} cannot be used; give the same command a free one: "
        f"{setting}=NUMBER"
    )


def _bound(port: int) -> socket.socket:
    taken = socket.socket()
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((HOST, port))
        taken.listen(CONNECTIONS)  # two may bind one port, but not listen on it
    except OSError:
        taken.close()
        raise
    return taken


def serve(
    folder: Path, taken: socket.socket, ready: Callable[[], None], *, plugins: Sequence[str] = ()
) -> None:
    """Answer until Ctrl-C or SIGTERM.

    Args:
        folder: of the exported model.
        taken: a bound socket; closed at the end.
        ready: called when requests are answered.
        plugins: files of code of one's own that the model needs.

    Raises:
        BundleError: the model cannot be used.
        UserError: a file of code cannot.
        KeyboardInterrupt: after Ctrl-C.
    """
    import torch
    import uvicorn

    from sweep.export.bundle import Bundle
    from sweep.plugins.load import load_all
    from sweep.serving.app import make_app

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                ready()

    with contextlib.closing(taken):
        load_all(plugins)
        bundle = Bundle.load(folder)
        torch.set_num_threads(1)
        config = uvicorn.Config(
            make_app(bundle, folder.name),
            log_level="warning",
            access_log=False,
            server_header=False,
            lifespan="off",
            ws="none",
            http="h11",
            limit_concurrency=CONNECTIONS,
            timeout_graceful_shutdown=LEAVE_S,
        )
        # Having ended in order, the server raises the signal once more, for whoever waits for it.
        before = signal.signal(signal.SIGTERM, lambda *_: None)
        try:
            Server(config).run(sockets=[taken])
        finally:
            signal.signal(signal.SIGTERM, before)
