"""The command `serve`: an exported model answers over HTTP, on this machine only."""

import json
import shlex
from pathlib import Path

from rich.console import Console

from sweep.serving.server import HOST, PORT, serve, take_port


def run(plugins: list[str], model: str, port: str) -> int:
    """Answer requests until Ctrl-C or SIGTERM.

    Args:
        plugins: files of code of one's own that the model needs.
        model: folder of an exported model.
        port: of the loopback address, or `auto`.

    Returns:
        0.

    Raises:
        UserError: a model that cannot be used, a port that is none or is taken.
        KeyboardInterrupt: after Ctrl-C.
    """
    console = Console(highlight=False)
    taken = take_port(None if port == "auto" else port)
    number = taken.getsockname()[1]

    def ready() -> None:
        if port == "auto" and number != PORT:
            console.print(f"note: port {PORT} is in use; took the next free one.", style="dim")
        console.print(f"http://{HOST}:{number}   (Ctrl-C ends it)", markup=False)
        console.print(f"ask it:  {curl(number)}", markup=False, soft_wrap=True)

    serve(Path(model), taken, ready, plugins=plugins)
    return 0


def curl(port: int) -> str:
    """Write a command that asks the server.

    Args:
        port: on which it answers.
    """
    body = json.dumps({"texts": ["win a prize now", "lunch at ten?"]})
    words = ["curl", f"{HOST}:{port}/predict", "-H", "content-type: application/json", "-d", body]
    return shlex.join(words)
