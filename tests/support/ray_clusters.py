"""Ray clusters of several nodes on this machine, each a raylet of its own, held by a process of their own."""

import contextlib
import json
import socket
import subprocess
import sys
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


class Nodes:
    """A cluster whose head runs no trials, and the process that holds it."""

    def __init__(self, holder: subprocess.Popen[str], door: int) -> None:
        self._holder = holder
        self.door = door
        """Where clients call."""
        self.address: str = self._told()

    def _told(self) -> Any:
        assert self._holder.stdout is not None
        for line in self._holder.stdout:
            if line.startswith("told "):
                return json.loads(line.removeprefix("told "))
        raise AssertionError("the cluster's process has ended")

    def _ask(self, *words: Any) -> Any:
        assert self._holder.stdin is not None
        self._holder.stdin.write(json.dumps(words) + "\n")
        self._holder.stdin.flush()
        return self._told()

    def add(self, cpus: int, **resources: float) -> int:
        """Add a node; gives its number."""
        number: int = self._ask("add", cpus, resources)
        return number

    def kill(self, number: int) -> None:
        """Kill a node, as a power cut would."""
        self._ask("kill", number)


@contextlib.contextmanager
def cluster(*cpus: int, folder: Path) -> Iterator[Nodes]:
    """A cluster with a node for each number of processors.

    Args:
        cpus: of each node.
        folder: what its nodes take for their folder of temporary files.
    """
    door = free_port()
    # What workers start with; Ray's own sockets need shorter paths than tests have.
    environment = child_environment(TMPDIR=str(folder), RAY_TMPDIR="/tmp", **QUIET)
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", __file__, str(door)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment,
    ) as holder:  # fmt: skip
        made = Nodes(holder, door)
        for count in cpus:
            made.add(count)
        yield made
        assert holder.stdin is not None
        holder.stdin.close()


def hold(door: int) -> None:
    """What the process does: it makes a cluster, obeys, and ends both."""
    from ray.cluster_utils import Cluster

    def tell(value: object) -> None:
        print("told " + json.dumps(value), flush=True)

    head = {"num_cpus": 0, "object_store_memory": STORE, "include_dashboard": False}
    made = Cluster(initialize_head=True, head_node_args=head | {"ray_client_server_port": door})
    tell(made.address)
    nodes = []
    for line in sys.stdin:
        order, *given = json.loads(line)
        if order == "add":
            count, resources = given
            node = made.add_node(num_cpus=count, resources=resources, object_store_memory=STORE)
            nodes.append(node)
            tell(len(nodes) - 1)
        else:
            made.remove_node(nodes[given[0]], allow_graceful=False)
            tell(None)
    made.shutdown()


if __name__ == "__main__":
    hold(int(sys.argv[1]))
