"""The server: an exported model answers on the loopback address until it is told to end."""

import contextlib
import errno
import signal
import socket
from collections.abc import Callable, Sequence
from pathlib import Path

from sweep.errors import UserError

HOST = "127.0.0.1"
PORT = 8000
TRIED = 20  # ports after the usual one
CONNECTIONS = 64  # at once; each may hold a body
LEAVE_S = 5  # what is being answered when the server is told to end has so long


def take_port(wanted: int | None) -> socket.socket:
    """Take a port of the loopback address.

    Args:
        wanted: the port; None takes 8000, or the next one that is free.

    Returns:
        A socket bound to it.

    Raises:
        UserError: the wanted one, or all that were tried, are taken.
    """
    ports = range(PORT, PORT + TRIED) if wanted is None else [wanted]
    for port in ports:
        taken = socket.socket()
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind((HOST, port))
            taken.listen(CONNECTIONS)  # two may bind one port, but not listen on it
            return taken
        except OSError as error:
            taken.close()
            if error.errno != errno.EADDRINUSE or wanted is not None:
                raise UserError(
                    f"port={port} of {HOST} cannot be used ({error.strerror}). Leave port= out to take the next free "
                    "one, or give another."
                ) from error
    raise UserError(
        f"The ports {ports[0]} to {ports[-1]} of {HOST} are all in use. Give another: port=9000."
    )


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
