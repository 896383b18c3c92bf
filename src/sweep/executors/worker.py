"""What runs inside a worker process: one job, then the end."""

import gc
import importlib
import multiprocessing
import os
import resource
import signal
import sys
import sysconfig
import threading
import time
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sweep.errors import UserError
from sweep.plugins.load import ensure
from sweep.plugins.tables import Plugin
from sweep.records import EpochReport, Reason, Status, TrialJob, TrialResult
from sweep.workspace import TrialFolder

Work = Callable[[TrialJob, Callable[[EpochReport], bool]], TrialResult]
SHOWN_CALLS = 3
_OTHERS = (
    *(sysconfig.get_path(kind) for kind in ("stdlib", "platstdlib", "purelib", "platlib")),
    str(Path(__file__).parents[1]),
    "<frozen",
)
"""Where code of Python, of libraries and of this program lies; what lies elsewhere is a person's own."""
MEMORY_WORDS = ("can't allocate memory", "not enough memory", "out of memory", "bad_alloc")


def run_job(
    job: TrialJob, pipe: Connection, work: Work | None, threads: int, memory_gib: float | None
) -> None:
    """Do one job in this process and send its result.

    Args:
        job: what to train.
        work: what is done with the job; `sweep.training.trial.train` where none is given.
        pipe: the coordinator's end listens on the other side.
        threads: torch threads.
        memory_gib: limit of this process' own memory, if any.
    """
    prepare(memory_gib)

    def report(told: EpochReport) -> bool:
        pipe.send(told)
        return bool(pipe.recv())

    start = time.monotonic()
    try:
        result = (work or training(threads))(job, report)
    except EOFError:
        os._exit(1)  # the coordinator is gone: nobody waits for a result
    except BaseException as error:  # noqa: BLE001 - whatever ends a trial is a result with a reason
        result = failure(job, error, time.monotonic() - start)
    pipe.send(result)
    pipe.close()


def training(threads: int) -> Work:
    """Load what training needs; already there in a process that the server forked.

    Args:
        threads: torch threads.

    Returns:
        `sweep.training.trial.train`.
    """
    import torch

    from sweep.training.trial import train

    torch.set_num_threads(threads)
    return train


def run_call(
    name: str, arguments: tuple[Any, ...], pipe: Connection, plugins: tuple[Plugin, ...] = ()
) -> None:
    """Call a function in this process and send (value, error).

    Args:
        name: "module:function".
        arguments: for it.
        pipe: where the answer goes.
        plugins: what is loaded first.
    """
    prepare(memory_gib=None)
    try:
        ensure(plugins)
        module, _, function = name.partition(":")
        pipe.send((getattr(importlib.import_module(module), function)(*arguments), None))
    except UserError as error:
        pipe.send((None, error))
    except Exception as error:  # noqa: BLE001 - sent to the caller, who raises it
        pipe.send((None, f"{type(error).__name__}: {error}\n{traceback.format_exc()}"))
    pipe.close()


def prepare(memory_gib: float | None) -> None:
    """Make this process a worker: quiet at Ctrl-C, gone when the coordinator is, within its share.

    Args:
        memory_gib: limit of this process' own memory, if any.
    """
    # Ctrl-C in a terminal reaches every process; only the coordinator decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=leave_with_coordinator, daemon=True).start()
    # What the libraries hold stays; a collection that walks through it costs a quarter of a second,
    # and touches every page that this process shares with the others. The server has it off.
    gc.freeze()
    gc.enable()
    if memory_gib is not None:
        # Private memory only: the libraries' mappings, gigabytes of addresses, are shared and free.
        kind = resource.RLIMIT_DATA if sys.platform == "linux" else resource.RLIMIT_AS
        limit = int(memory_gib * 2**30)
        resource.setrlimit(kind, (limit, limit))


def leave_with_coordinator() -> None:
    """End this process when the coordinator has ended; a killed one leaves no worker behind."""
    coordinator = multiprocessing.parent_process()
    if coordinator is not None:
        coordinator.join()
        os._exit(1)


def failure(job: TrialJob, error: BaseException, seconds: float) -> TrialResult:
    """Make a result of an exception, and leave its traceback in the trial's folder.

    Args:
        job: the job that raised it.
        error: what was raised.
        seconds: since the job started.

    Returns:
        A FAILED result with its reason.
    """
    text = str(error)
    if isinstance(error, MemoryError) or any(word in text.lower() for word in MEMORY_WORDS):
        reason, message = (
            Reason.out_of_memory,
            f"the trial needed more memory than there is: {text}",
        )
    elif isinstance(error, SystemExit):
        reason, message = Reason.exited, f"the worker left with exit code {error.code!r}"
    else:
        reason, message = Reason.raised, f"{type(error).__name__}: {text}"
    where, own = raised(error)
    job.folder.mkdir(parents=True, exist_ok=True)
    trace = "".join(traceback.format_exception(error))
    TrialFolder(job.folder).failure.write_text(trace, encoding="utf-8", errors="replace")
    return TrialResult(
        key=job.key,
        status=Status.FAILED,
        reason=reason,
        message="\n".join([message, *own]),
        where=where,
        seconds=seconds,
    )


def raised(error: BaseException) -> tuple[str | None, list[str]]:
    """Say where an exception was raised, as a reader of the code that did it wants to know.

    Args:
        error: what was raised.

    Returns:
        File and line that raised, None where nothing did; and the traceback in short, one line a call: the person's
        own code where some took part, then where it ended.
    """
    calls = traceback.extract_tb(error.__traceback__)
    if not calls:
        return None, []
    own = [call for call in calls if not call.filename.startswith(_OTHERS)]
    shown = [*own[-SHOWN_CALLS:], *([] if own and own[-1] is calls[-1] else [calls[-1]])]
    lines = [f"    {call.filename}:{call.lineno} in {call.name}: {call.line}" for call in shown]
    return f"{calls[-1].filename}:{calls[-1].lineno}", lines
