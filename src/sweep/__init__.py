"""Find an LSTM or GRU that classifies your texts, see how it compares with a simple baseline, and export it.

From Python: `sweep.run`, `sweep.read` and `sweep.load`; docs/python.md shows them. Each loads what it needs when it is
first asked for, so `import sweep` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sweep.api.model import Model, load
    from sweep.api.result import Result, read
    from sweep.api.run import run
    from sweep.errors import UserError

__version__ = "0.1.0"
__all__ = ["Model", "Result", "UserError", "load", "read", "run"]

_STANDS_IN = {
    "Model": "api.model",
    "load": "api.model",
    "Result": "api.result",
    "read": "api.result",
    "run": "api.run",
    "UserError": "errors",
}


def __getattr__(name: str) -> Any:
    if name not in _STANDS_IN:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_STANDS_IN[name]}"), name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
