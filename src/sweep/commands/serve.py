"""The command `serve`: an exported model answers over HTTP, on this machine only."""

import json
import shlex
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from sweep.commands.words import read_words
from sweep.serving.server import HOST, PORT, serve, take_port

EXAMPLE = "python -m sweep serve model=best-model"


@dataclass(kw_only=True, slots=True)
class ServeConfig:
    """What answers, and where."""

    model: str
    """Folder of an exported model."""
    port: str = "auto"
    """Port of the loopback address; auto: 8000, or the next one that is free."""


def run(arguments: list[str]) -> int:
    """Answer requests until Ctrl-C or SIGTERM.

    Args:
        arguments: `key=value`, the fields of `ServeConfig`.

    Returns:
        0.

    Raises:
        UserError: words that cannot be understood, a model that cannot be used, a port that is taken.
        KeyboardInterrupt: after Ctrl-C.
    """
    console = Console(highlight=False)
    if arguments in (["--help"], ["-h"]):
        console.print(usage(), markup=False)
        return 0
    config = parse(arguments)
    taken = take_port(None if config.port == "auto" else int(config.port))
    port = taken.getsockname()[1]

    def ready() -> None:
        if config.port == "auto" and port != PORT:
            console.print(f"note: port {PORT} is in use; took the next free one.", style="dim")
        console.print(f"http://{HOST}:{port}   (Ctrl-C ends it)", markup=False)
        console.print(f"ask it:  {curl(port)}", markup=False, soft_wrap=True)

    serve(Path(config.model), taken, ready)
    return 0


def parse(arguments: list[str]) -> ServeConfig:
    """Read the words of the command line.

    Args:
        arguments: `key=value`.

    Returns:
        The settings.

    Raises:
        UserError: unknown, repeated or missing settings, all at once.
    """
    return read_words(arguments, ServeConfig, example=EXAMPLE, numbers={"port": (1, 65535)})


def usage() -> str:
    """Say how the command is used, in a few lines."""
    return "\n".join(
        [
            f"{EXAMPLE} [port=NUMBER]",
            "",
            "  model: the exported model",
            f"  port: of {HOST}; by default {PORT}, or the next one that is free",
            "",
            "  GET /ping says that it is there; POST /predict takes JSON or CSV:",
            f"  {curl(PORT)}",
        ]
    )


def curl(port: int) -> str:
    """Write a command that asks the server.

    Args:
        port: on which it answers.
    """
    body = json.dumps({"texts": ["win a prize now", "lunch at ten?"]})
    words = ["curl", f"{HOST}:{port}/predict", "-H", "content-type: application/json", "-d", body]
    return shlex.join(words)
