"""The environment of a child process that imports what its test can import."""

import os
import sys


def child_environment(**more: str) -> dict[str, str]:
    """This process's environment with its module path, and more variables."""
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))} | more


def lonely_environment(**more: str) -> dict[str, str]:
    """An environment in which sweep is not installed."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return kept | {"MLFLOW_DISABLE_TELEMETRY": "true"} | more
