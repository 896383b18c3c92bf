"""Processes that label texts side by side, each with the exported model loaded, one core each."""

import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from pathlib import Path

from sweep.errors import UserError
from sweep.export.answer import Answers, Predicts, answer
from sweep.plugins.load import ensure, loaded
from sweep.plugins.tables import Plugin

PAYS_S = 10.0  # seconds to be saved, at least: loading torch and the model takes a process three to eight
AHEAD = 2  # pieces handed out for each process, which bounds the memory

_model: Predicts | None = None


def answers(
    model: Predicts,
    folder: Path,
    pieces: Iterable[Sequence[object]],
    *,
    rows: int,
    workers: int | None,
    cores: int,
) -> Iterator[Answers]:
    """Label piece after piece, in their order.

    Args:
        model: the exported model.
        folder: where it lies, for the processes that load it themselves.
        pieces: the texts; taken only as fast as they are labelled.
        rows: how many texts there are.
        workers: processes; 1 labels here, None takes one a core where the first piece shows that it pays.
        cores: how many there are.

    Yields:
        The answers to each piece.

    Raises:
        UserError: a process was ended from outside.
    """
    import torch

    # More threads a process only wait for one another in networks of this size.
    torch.set_num_threads(1)
    rest = iter(pieces)
    if workers is None:
        workers = 1
        for texts in rest:
            began = time.perf_counter()
            yield answer(model, texts)
            took = time.perf_counter() - began
            left = took * (rows - len(texts)) / len(texts)
            workers = cores if left * (1 - 1 / cores) > PAYS_S else 1
            break
    if workers < 2:
        yield from (answer(model, texts) for texts in rest)
    else:
        yield from _side_by_side(folder, rest, workers)


def _side_by_side(
    folder: Path, pieces: Iterator[Sequence[object]], workers: int
) -> Iterator[Answers]:
    # A fork of this process would share its threads' locks: torch and the tokenizers have started some.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, context, _load, (folder, loaded()))
    waiting: deque[Future[Answers]] = deque()
    try:
        for texts in pieces:
            waiting.append(pool.submit(_label, texts))
            if len(waiting) >= AHEAD * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool as error:
        raise UserError(
            "A process that labelled texts was ended from outside, most likely because memory ran out; nothing was "
            "written. Give workers=1, which takes least."
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _load(folder: Path, plugins: tuple[Plugin, ...]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the group; the command ends us
    parent = multiprocessing.parent_process()
    assert parent is not None
    threading.Thread(target=_leave_with, args=(parent.sentinel,), daemon=True).start()
    import torch

    from sweep.export.bundle import Bundle

    torch.set_num_threads(1)
    global _model
    ensure(plugins)
    _model = Bundle.load(folder)


def _leave_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)  # killed, the command can end nobody


def _label(texts: Sequence[object]) -> Answers:
    assert _model is not None
    return answer(_model, texts)
