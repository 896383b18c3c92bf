"""Ray clusters of several nodes on this machine, each a raylet of its own."""

import contextlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.child_environment import child_environment
from sweep.executors.ray.cluster import QUIET

STORE = 80 << 20


def needs_ray() -> Any:
    """A mark for tests that need Ray."""
    return pytest.mark.skipif(
        not _there(), reason="Ray is not installed; make setup EXTRAS=cluster installs it"
    )


def _there() -> bool:
    from importlib.util import find_spec

    return find_spec("ray") is not None


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@contextlib.contextmanager
def cluster(*cpus: int, folder: Path) -> Iterator[Any]:
    """A cluster whose head runs no trials, a node for each number of processors, and a `door` for clients.

    Args:
        cpus: of each node.
        folder: what its nodes take for their folder of temporary files.
    """
    before = dict(os.environ)
    # What workers start with; Ray's own sockets need shorter paths than tests have.
    os.environ.update(child_environment(TMPDIR=str(folder), RAY_TMPDIR="/tmp", **QUIET))
    from ray.cluster_utils import Cluster

    door = free_port()
    head = {"num_cpus": 0, "object_store_memory": STORE, "include_dashboard": False}
    made = Cluster(initialize_head=True, head_node_args=head | {"ray_client_server_port": door})
    made.door = door
    try:
        for count in cpus:
            made.add_node(num_cpus=count, object_store_memory=STORE)
        yield made
    finally:
        made.shutdown()
        os.environ.clear()
        os.environ.update(before)
