"""A plain function at work in a process of its own."""

from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from typing import Any

from sweep.errors import SweepError, UserError

LEAVE_S = 5.0  # a worker that has sent its result needs milliseconds to end


@dataclass(frozen=True, slots=True)
class Called:
    """One call that has begun."""

    name: str
    """"module:function"."""
    pipe: Connection
    process: ForkServerProcess

    def value(self) -> Any:
        """Wait for what the function returns.

        Returns:
            Its value.

        Raises:
            UserError: it refused what it was given.
            SweepError: it raised, or its worker died; the text tells why.
        """
        try:
            value, error = self.pipe.recv()
        except (EOFError, OSError):
            value, error = None, "its worker died"
        self.process.join(LEAVE_S)
        if isinstance(error, UserError):
            raise error
        if error is not None:
            raise SweepError(f"{self.name} failed: {error}")
        return value

    def stop(self) -> None:
        """End it now; whoever waits for its value learns that its worker died."""
        self.process.kill()
