"""What the server of workers does before it loads the libraries."""

import subprocess
import sys

FRESH = """
from sweep.executors.local import LocalExecutor
executor = LocalExecutor(workers=1)
executor.start()
print(*executor.compute([("gc:isenabled",), ("gc:get_freeze_count",)]))
import gc
import sweep.executors.preload
print(gc.isenabled())
"""


def test_the_server_collects_no_garbage_and_its_workers_only_their_own():
    done = subprocess.run(
        [sys.executable, "-c", FRESH], capture_output=True, text=True, check=True
    )
    worker, frozen, server = done.stdout.split()
    assert (worker, server) == ("True", "False")
    assert int(frozen) > 100_000, "what the server had loaded"
