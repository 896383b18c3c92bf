"""A Ray cluster: how it is reached and left, and what its nodes hold. The door to Ray."""

import contextlib
import logging
import os
import secrets
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from sweep.config import ExecutorConfig
from sweep.errors import ClusterLostError, UserError
from sweep.executors.cores import physical_cores
from sweep.signals import STOPPING

NAMESPACE = "sweep"
"""Where our actors have their names, on every cluster."""
GONE_S = 15.0
"""A head that answers no connection for so long is gone. Ray itself ends a process that waits a minute for it."""
STORE_BYTES = 100 << 20
"""Object store of a cluster of this machine, where every node sees the same files and only messages pass."""
QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",  # nothing is told to anybody
    "RAY_IGNORE_UNHANDLED_ERRORS": "1",  # an answer to an agent that has died is no news
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",  # else it warns of a change to come; agents hide cards themselves
    # Its guard would end an agent, and all its trials, for one trial's memory; the kernel ends the one.
    "RAY_memory_monitor_refresh_ms": "0",
}

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Node:
    """A machine of the cluster."""

    id: str
    address: str
    resources: Mapping[str, float]
    """All that it has, whoever uses it."""


def ray_itself() -> Any:
    """Load Ray; a second, so that nobody waits for it who does not use it."""
    import ray
    from ray._private import worker

    # What happens to nodes is printed on the console otherwise, a page at a time; trials that are lost say it.
    worker.print_to_stdstream = lambda *told, **more: log.debug("%s", told)
    return ray


def check_installed() -> None:
    """See that Ray is there, without loading it.

    Raises:
        UserError: it is not.
    """
    if find_spec("ray") is None:
        raise UserError(
            "executor=ray needs Ray, which is not installed. Type: pip install 'sweep[cluster]', in a checkout "
            "make setup EXTRAS=cluster; or leave executor=ray out."
        )


class Cluster:
    """The cluster that the settings name.

    Args:
        settings: the group `executor`.
    """

    def __init__(self, settings: ExecutorConfig) -> None:
        self.settings = settings
        self.joined = False
        self._ours = False
        self._door: tuple[str, int] | None = None
        self._answered = 0.0

    def join(self) -> None:
        """Connect; without an address a cluster of this machine is started, which ends with this process.

        Raises:
            UserError: nothing answers there, or it runs another Python or Ray.
        """
        self._prepare()
        ray = ray_itself()
        if not ray.is_initialized():
            self._connect(ray)
            self._ours = True
        self.joined = True
        self._door = _door(self.settings.address, ray)
        self._answered = time.monotonic()

    def _prepare(self) -> None:
        """Set what Ray reads as it is loaded; a program that has loaded it already keeps its own."""
        if "ray" in sys.modules:
            return
        os.environ.update(QUIET)
        if self.settings.address is None:
            # Its ports are open to the network: whoever connects must know a word that this process made up.
            os.environ |= {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}

    def _connect(self, ray: Any) -> None:
        address = self.settings.address
        given: dict[str, Any] = {"address": address or "local", "namespace": NAMESPACE}
        given |= {"log_to_driver": False, "logging_level": logging.CRITICAL}
        if address is None:
            wanted = (self.settings.max_workers or 0) * self.settings.cpus
            given |= {"num_cpus": max(physical_cores(), int(wanted)), "include_dashboard": False}
            given |= {"object_store_memory": STORE_BYTES, "_node_ip_address": "127.0.0.1"}
        try:
            with _own_signals():
                ray.init(**given)
        except (ConnectionError, RuntimeError, ValueError) as error:
            told = str(error).strip().partition("\n")[0]
            raise UserError(
                f"executor.address={address or 'null'}: no cluster was reached: {told}. Start one there (`ray start "
                "--head`), with the same Python and Ray as here, or leave executor.address out for one of this machine."
            ) from error

    def nodes(self) -> list[Node]:
        """The nodes that are alive."""
        return [
            Node(n["NodeID"], n["NodeManagerAddress"], n["Resources"])
            for n in ray_itself().nodes()
            if n["Alive"]
        ]

    def check(self) -> None:
        """See that the head is there.

        Raises:
            ClusterLostError: it has been gone for `GONE_S`.
        """
        if self._door is None:
            return
        with contextlib.suppress(OSError):
            socket.create_connection(self._door, timeout=2.0).close()
            self._answered = time.monotonic()
        if (silent := time.monotonic() - self._answered) > GONE_S:
            host, port = self._door
            raise ClusterLostError(
                f"the head of the Ray cluster at {host}:{port} has not answered for {silent:.0f} s; the same command "
                "goes on when there is a cluster again."
            )

    def leave(self) -> None:
        """Disconnect; a cluster of this machine ends."""
        if self._ours and self.joined:
            with _own_signals():
                ray_itself().shutdown()
        self.joined = False


def _door(address: str | None, ray: Any) -> tuple[str, int] | None:
    if address is not None and address.startswith("ray://"):
        told = address.removeprefix("ray://")
    else:
        told = ray.get_runtime_context().gcs_address
    host, _, port = told.rpartition(":")
    return (host, int(port)) if port.isdecimal() else None


@contextlib.contextmanager
def _own_signals() -> Iterator[None]:
    """Keep the program's answers to signals; Ray sets its own as it starts."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in STOPPING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def fits(resources: Mapping[str, float], need: Mapping[str, float]) -> int:
    """Count the trials that a node has room for at once.

    Args:
        resources: what the node has.
        need: what a trial takes; a card is shared by whole trials only.

    >>> fits({"CPU": 8, "GPU": 2}, {"CPU": 1, "GPU": 0.3})
    6
    >>> fits({"CPU": 8, "GPU": 2}, {"CPU": 1, "GPU": 2})
    1
    >>> fits({"CPU": 8}, {"CPU": 1, "GPU": 1})
    0
    """
    rooms = []
    for name, amount in need.items():
        has = resources.get(name, 0.0)
        if name == "GPU" and 0 < amount < 1:
            rooms.append(int(has) * int(1 / amount + 1e-9))
        elif amount > 0:
            rooms.append(int(has / amount + 1e-9))
    return min(rooms, default=0)


def claim(slots: int, need: Mapping[str, float]) -> dict[str, float]:
    """Say what so many trials on one node take together.

    Args:
        slots: trials at once.
        need: of each.

    Returns:
        Resources; above one card, whole cards.

    >>> claim(3, {"CPU": 1, "GPU": 0.25})
    {'CPU': 3, 'GPU': 0.75}
    >>> claim(5, {"CPU": 1, "GPU": 0.25})
    {'CPU': 5, 'GPU': 2}
    """
    taken = {name: slots * amount for name, amount in need.items() if amount > 0}
    share = need.get("GPU", 0)
    if 0 < share < 1 and taken["GPU"] > 1:
        taken["GPU"] = -(-slots // int(1 / share + 1e-9))
    return taken


def end_actors(owner: str, but: str) -> None:
    """End the actors that an earlier command has left.

    Args:
        owner: what their names begin with.
        but: what follows in the names of this command's own.
    """
    ray = ray_itself()
    for known in ray.util.list_named_actors(all_namespaces=True):
        begins, _, rest = known["name"].partition("-")
        if known["namespace"] != NAMESPACE or begins != owner or rest.startswith(but):
            continue
        try:
            ray.kill(ray.get_actor(known["name"], namespace=NAMESPACE))
        except ValueError:  # it has just gone by itself
            continue
