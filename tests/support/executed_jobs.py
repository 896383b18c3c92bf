"""Events of an executor's jobs, up to the last one's result."""

import time

from sweep.executors import Event
from sweep.executors.local import LocalExecutor
from sweep.executors.ray.executor import RayExecutor
from sweep.records import EpochReport


def until_result(executor: LocalExecutor | RayExecutor, prune: bool = False) -> list[Event]:
    events: list[Event] = []
    deadline = time.monotonic() + 120
    while executor.running:
        for event in executor.wait(1.0):
            events.append(event)
            if isinstance(event, EpochReport):
                executor.answer(event.key, prune)
        assert time.monotonic() < deadline, "the executor hangs"
    return events
