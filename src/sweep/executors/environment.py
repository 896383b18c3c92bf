"""What a worker process starts with: variables that libraries read as they load, no main module, no Ctrl-C."""

import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from multiprocessing import resource_tracker
from types import ModuleType

# Memory that a step has freed stays with the process for the next step: handed back to the system, its
# pages would be fetched and zeroed anew, a tenth of a large network's time. 32 MiB is the highest
# threshold that every glibc takes; other systems ignore both.
KEEP_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(32 << 20), "MALLOC_TRIM_THRESHOLD_": str(1 << 40)}
# oneDNN keeps what it compiled for a shape until there are a thousand of them. A batch's longest text is part of
# the shape, so they come and go, and in between glibc's heap grows full of holes: half a GiB on long texts.
KEEP_KERNELS = {"ONEDNN_PRIMITIVE_CACHE_CAPACITY": "32"}


@contextlib.contextmanager
def worker_environment(threads: int) -> Iterator[None]:
    """Environment that workers start with; the coordinator's own is restored afterwards.

    They start without its main module, too. multiprocessing would import it again in every worker, since it might
    hold what a worker runs; a script without `if __name__ == "__main__":` would start its sweep once more in each.
    What runs here stands in the package.

    Ctrl-C in a terminal reaches every process, and one that is loading libraries would answer it with their traceback:
    what starts here has it blocked from its first instruction. One that comes meanwhile waits for us.

    Args:
        threads: of each numeric library; libraries read these once, as they load.
    """
    wanted = {
        **dict.fromkeys(
            ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), str(threads)
        ),
        **KEEP_MEMORY,
        **KEEP_KERNELS,
        "TOKENIZERS_PARALLELISM": "false",
        "PYTHONHASHSEED": "0",
        # PyTorch asks for this where LSTM and GRU are to be deterministic on CUDA.
        "CUBLAS_WORKSPACE_CONFIG": ":16:8",
    }
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    # multiprocessing starts it first otherwise, and unblocks the signal that it blocks for it.
    resource_tracker.ensure_running()
    unblocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        sys.modules["__main__"] = main
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        # Last: a Ctrl-C that has waited is raised here.
        signal.pthread_sigmask(signal.SIG_SETMASK, unblocked)
