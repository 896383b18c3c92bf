"""The process beside training that tells MLflow (`sweep.tracking.shipper`): started early, given orders, let go."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping

Process = subprocess.Popen[bytes]
# Those that have their orders; they may outlive their command, and are kept from being collected.
_ordered: set[Process] = set()


@contextlib.contextmanager
def waiting() -> Iterator[Process]:
    """Have a shipper load MLflow and wait for orders; where none have come by the end, it is killed."""
    process = start()
    try:
        yield process
    finally:
        if process not in _ordered:
            process.kill()
            process.wait()
        let_go(process, timeout=0)


def start() -> Process:
    """Start a shipper, which loads MLflow and waits for orders.

    Returns:
        A process of its own session, so that Ctrl-C does not reach it.
    """
    # The same places to import from as here; `-P` adds none.
    paths = os.pathsep.join(path for path in sys.path if path)
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "sweep.tracking.shipper"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env=os.environ | {"PYTHONPATH": paths},
    )


def order(process: Process, orders: Mapping[str, str]) -> None:
    """Tell a shipper what to follow and where to send it; one that died already is not told.

    Args:
        process: from `start`.
        orders: what `sweep.tracking.shipper.Parent.orders` returns.
    """
    assert process.stdin is not None
    _ordered.add(process)
    # Through the pipe, since others can read arguments; its end says that we are gone.
    with contextlib.suppress(BrokenPipeError):
        process.stdin.write(json.dumps(orders).encode() + b"\n")
        process.stdin.flush()


def let_go(process: Process, timeout: float) -> None:
    """End a shipper: it sends what is there, or gives up on a dead server; without orders it just leaves.

    Args:
        process: from `start`; it may have been let go before.
        timeout: seconds to wait for it at most; afterwards it goes on by itself.
    """
    assert process.stdin is not None
    with contextlib.suppress(BrokenPipeError):  # it has died already
        process.stdin.close()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout)
