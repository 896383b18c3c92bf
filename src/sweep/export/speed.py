"""What an exported model costs: texts a second and memory, of one network and of all, in a process of its own."""

import itertools
import multiprocessing
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from pathlib import Path
from typing import Any

from sweep.errors import UserError
from sweep.plugins.load import ensure, loaded
from sweep.plugins.tables import Plugin

SECONDS = 2.0
"""Of work, for one network and for all."""
TEXTS = 500
"""Labelled at a time."""
LONGEST = 3
"""So many times `SECONDS` may pass by the clock, on a machine that has other work."""


def measure(
    folder: Path, texts: Sequence[str], *, seconds: float = SECONDS
) -> list[dict[str, Any]]:
    """Measure an exported model on texts, encoding included, on one core.

    Args:
        folder: of the model; the files that `Bundle.load` needs are there.
        texts: what it labels, again and again; at least one.
        seconds: of processor time for one network, and for all.

    Returns:
        For one network, and for all where there are several: `members`, `texts_s` (texts a second of a core) and
        `memory_mb` (the most that the process has held; None where the system does not tell).

    Raises:
        UserError: the process was ended from outside.
    """
    # A process of its own: this one holds the corpus and MLflow.
    context = multiprocessing.get_context("spawn")
    try:
        with ProcessPoolExecutor(1, context) as pool:
            return pool.submit(_measured, folder, loaded(), list(texts), seconds).result()
    except BrokenProcessPool as error:
        raise UserError(
            "The process that measured the model was ended from outside, most likely because memory ran out; nothing "
            "was written. `export.measure=false` leaves the measuring out."
        ) from error


def _measured(
    folder: Path, plugins: tuple[Plugin, ...], texts: list[str], seconds: float
) -> list[dict[str, Any]]:
    import torch

    from sweep.export.bundle import Bundle

    torch.set_num_threads(1)
    ensure(plugins)
    whole = Bundle.load(folder)
    encoder = whole.members[0].encoder
    first = replace(whole.members[0], encoder=0)
    alone = replace(whole, members=(first,), encoders=(whole.encoders[encoder],))
    found = []
    for bundle in [alone, whole][: len(whole.members)]:
        bundle.predict(texts[:TEXTS])  # what is done once, such as compiling kernels
        speed = _texts_a_second(bundle, texts, seconds)
        count = len(bundle.members)
        found.append({"members": count, "texts_s": speed, "memory_mb": _most_memory_mb()})
    return found


def _texts_a_second(bundle: Any, texts: list[str], seconds: float) -> int:
    done, began, clock = 0, time.process_time(), time.monotonic()
    for start in itertools.cycle(range(0, len(texts), TEXTS)):
        some = texts[start : start + TEXTS]
        bundle.predict(some)
        done += len(some)
        passed = time.process_time() - began
        if passed >= seconds or time.monotonic() - clock >= LONGEST * seconds:
            break
    speed = done / max(passed, 1e-9)
    return int(float(f"{speed:.2g}"))  # a third digit would change from one export to the next


def _most_memory_mb() -> int | None:
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    # `resource` would tell what the parent held before this program began.
    (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
    return round(int(line.split()[1]) * 1024 / 1e6)
