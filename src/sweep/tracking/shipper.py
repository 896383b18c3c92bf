"""The shipper: a process beside training that follows the outbox and tells MLflow.

Started by `sweep.tracking.shipper_process`, which gives its orders through a pipe; when that ends, the
coordinator is gone.
"""

import contextlib
import gc
import itertools
import json
import logging
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from filelock import FileLock, Timeout

from sweep.files import locked
from sweep.redaction import Redactor
from sweep.tracking.mlflow_limits import key
from sweep.tracking.outbox import Cursor, Target, read_from
from sweep.tracking.projection import Projection, Step
from sweep.workspace import SweepFolder, Workspace

BATCH = 500  # events between two savings of the cursor
POLL = 0.2  # seconds between two looks at the outbox
LONGEST_DELAY = 10.0  # seconds between two tries of a server that is down
GRACE = 10.0  # seconds that a dead server gets once the coordinator is gone
NICENESS = 10
ENVIRONMENT = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ENABLE_ASYNC_LOGGING": "false",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    # A request sent twice could make a run twice; this process tries again itself, after a look.
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
}
FOR_GOOD = {  # MLflow's answers that a second try would not change
    "INVALID_PARAMETER_VALUE",
    "RESOURCE_DOES_NOT_EXIST",
    "RESOURCE_ALREADY_EXISTS",
    "INVALID_STATE",
}
T = TypeVar("T")
_log = logging.getLogger("sweep.tracking.shipper")


class GivingUpError(Exception):
    """The coordinator is gone and MLflow does not answer."""


class RefusedError(Exception):
    """MLflow will not take this, however often it is asked."""


class Parent:
    """The process that started this one, seen through the pipe it holds open.

    Args:
        pipe: file descriptor of the end to read.
    """

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe
        self._gone_at: float | None = None

    def orders(self) -> dict[str, str]:
        """Read what to do.

        Returns:
            The fields of `Target`, and `folder`.

        Raises:
            GivingUpError: it was gone before it said.
        """
        line = bytearray()
        while not line.endswith(b"\n"):
            byte = os.read(self._pipe, 1)
            if not byte:
                raise GivingUpError("the coordinator was gone before it gave orders")
            line += byte
        orders: dict[str, str] = json.loads(line)
        return orders

    def gone_at(self) -> float | None:
        """Look whether it is gone.

        Returns:
            When that was first seen, on the monotonic clock; None while it is there.
        """
        if self._gone_at is None and select.select([self._pipe], [], [], 0)[0]:
            if not os.read(self._pipe, 4096):
                self._gone_at = time.monotonic()
        return self._gone_at


class Shipper:
    """Sends the events of one outbox, in order, each until MLflow has it.

    Args:
        folder: the sweep's folder.
        target: where to.
        parent: whose end ends this, too.
    """

    def __init__(self, folder: Path, target: Target, parent: Parent) -> None:
        self.folder = folder
        self.target = target
        self.parent = parent
        self._succeeded = time.monotonic()

    def run(self) -> None:
        """Follow the outbox until the coordinator is gone and everything is sent.

        Raises:
            GivingUpError: the coordinator is gone, and MLflow does not answer.
        """
        with self._alone():
            projection = self._until_it_works(self._connect, refusable=False)
            cursor = Cursor.load(self.folder)
            offset = cursor.offset_for(self.target)
            if projection.experiment != cursor.experiment:
                offset = 0  # another database: write it from the start
            while True:
                last = (
                    self.parent.gone_at() is not None
                )  # asked first: what came before its end is read below
                sent = self._send(projection, offset)
                if sent == offset:
                    if last:
                        return
                    time.sleep(POLL)
                offset = sent

    def _connect(self) -> Projection:
        # Imported here, so that a broken installation of MLflow is logged like a dead server.
        from mlflow import MlflowClient

        with self._making_tables():
            client = MlflowClient(self.target.uri, registry_uri=self.target.uri)
            experiment = client.get_experiment_by_name(self.target.experiment)
        if experiment is None:
            Cursor().save(
                self.folder
            )  # before it is made: a kill in between must not hide that it is new
            place = None
            if not self.target.uri.startswith(("http", "databricks")):
                place = (Path(self.target.artifacts) / key(self.target.experiment)).as_uri()
            made = client.create_experiment(self.target.experiment, artifact_location=place)
            return Projection(client, made)
        if experiment.lifecycle_stage == "deleted":
            _log.warning("the experiment had been deleted; it is restored")
            client.restore_experiment(experiment.experiment_id)
        return Projection(client, experiment.experiment_id)

    def _making_tables(self) -> contextlib.AbstractContextManager[object]:
        # MLflow makes its tables when it opens the database, and two first commands would mix theirs.
        if self.target.uri.startswith(("http", "databricks")):
            return contextlib.nullcontext()
        database = Workspace(Path(self.target.artifacts).parent).mlflow
        database.parent.mkdir(parents=True, exist_ok=True)
        return locked(database, timeout=LONGEST_DELAY)

    def _send(self, projection: Projection, offset: int) -> int:
        start = offset
        for event, end in itertools.islice(
            read_from(SweepFolder(self.folder).outbox, offset), BATCH
        ):
            offset = end
            try:
                steps = projection.steps(event)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                _log.error("an event that ends at byte %d is damaged and left out: %r", end, error)
                continue
            self._do(steps)
        self._do(projection.flush())
        if offset > start:
            Cursor(self.target.digest, projection.experiment, offset).save(self.folder)
        return offset

    def _do(self, steps: list[Step]) -> None:
        for step in steps:
            try:
                self._until_it_works(step.action, refusable=True)
            except RefusedError as refusal:  # left out; the run's other steps still go
                _log.error("%s is left out: %s", step.name, refusal)

    def _until_it_works(self, action: Callable[[], T], *, refusable: bool) -> T:
        delay = 0.5
        while True:
            try:
                value = action()
                self._succeeded = time.monotonic()
                return value
            except Exception as error:
                if refusable and is_for_good(error):
                    self._succeeded = time.monotonic()
                    raise RefusedError(str(error)) from error
                _log.warning("%s: %s; trying again in %g s", type(error).__name__, error, delay)
            self._pause(delay)
            delay = min(2 * delay, LONGEST_DELAY)

    def _pause(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            gone = self.parent.gone_at()
            if gone is not None and time.monotonic() > max(gone, self._succeeded) + GRACE:
                raise GivingUpError("MLflow does not answer; the next command sends the rest")
            time.sleep(min(POLL, seconds))

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        lock = FileLock(SweepFolder(self.folder).outbox_lock, timeout=0)
        while True:
            try:
                lock.acquire()
                break
            except Timeout:  # the one before is still sending
                self._pause(POLL)
        try:
            yield
        finally:
            lock.release()


def is_for_good(error: Exception) -> bool:
    """Tell a refusal of MLflow's from a server or disk that may come back.

    Args:
        error: what a request raised.
    """
    if isinstance(error, OSError):  # some of requests' errors are a ValueError, too
        return False
    code = getattr(error, "error_code", None)
    return (
        isinstance(error, LookupError | TypeError | ValueError | AttributeError)
        or code in FOR_GOOD
    )


class _HidingFormatter(logging.Formatter):
    def __init__(self, uri: str) -> None:
        super().__init__("%(asctime)s %(message)s", "%Y-%m-%d %H:%M:%S")
        self._redact = Redactor(uri)

    def format(self, record: logging.LogRecord) -> str:
        return self._redact(super().format(record))


def load() -> None:
    """Load MLflow while the coordinator still reads the corpus."""
    gc.disable()  # what is being loaded holds no garbage; looking for it takes a fifth of the time
    with contextlib.suppress(Exception):  # raised again, and logged, where it is needed
        import mlflow  # noqa: F401
    gc.freeze()
    gc.enable()


def main() -> int:
    """Run a shipper on the orders that come through standard input.

    Returns:
        0: everything is sent; 1: the rest waits for the next one, or there were no orders; 2: a
        fault of its own.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICENESS)
    os.environ |= ENVIRONMENT
    parent = Parent(sys.stdin.fileno())
    load()
    try:
        orders = parent.orders()
    except GivingUpError:
        return 1
    folder = Path(orders.pop("folder"))
    target = Target(**orders)
    handler = logging.FileHandler(SweepFolder(folder).tracking_log, encoding="utf-8")
    handler.setFormatter(_HidingFormatter(target.uri))
    _log.addHandler(handler)
    try:
        Shipper(folder, target, parent).run()
    except GivingUpError as end:
        _log.warning("%s", end)
        return 1
    except Exception:
        _log.exception("the shipper fails")
        return 2
    return 0


if __name__ == "__main__":
    code = main()
    logging.shutdown()
    os._exit(code)  # taking MLflow's modules down takes seconds, and nothing here waits for that
