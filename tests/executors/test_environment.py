"""What workers start with, and that nothing of it stays."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.child_environment import child_environment
from sweep.executors.environment import worker_environment


def test_the_environment_of_workers_does_not_stay(monkeypatch):
    monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG", raising=False)
    with worker_environment(3):
        assert os.environ["OMP_NUM_THREADS"] == "3"
        assert os.environ["CUBLAS_WORKSPACE_CONFIG"] == ":16:8"
    assert "CUBLAS_WORKSPACE_CONFIG" not in os.environ


SCRIPT = """
import sys
from pathlib import Path
from support import ill_workers
from support.executed_jobs import until_result
from sweep.executors.local import LocalExecutor

folder = Path(sys.argv[1])
with (folder / "imported").open("a") as stream:
    print(__name__, file=stream)
executor = LocalExecutor(workers=1, work=ill_workers.healthy)
executor.submit(ill_workers.job(folder))
print(until_result(executor)[-1].status, *executor.compute([("operator:add", 1, 2)]))
"""


@pytest.mark.parametrize("way", ["file", "stdin", "command"])
def test_a_worker_does_not_run_the_program_that_started_it(tmp_path: Path, way: str) -> None:
    file = tmp_path / "unguarded.py"
    file.write_text(SCRIPT, encoding="utf-8")
    given = {"file": [str(file)], "stdin": ["-"], "command": ["-c", SCRIPT]}[way]
    done = subprocess.run(
        [sys.executable, *given, str(tmp_path)], input=SCRIPT, env=child_environment(),
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("COMPLETE 3\n", "")
    assert (tmp_path / "imported").read_text(encoding="utf-8") == "__main__\n"


def test_the_main_module_comes_back() -> None:
    main = sys.modules["__main__"]
    with pytest.raises(ZeroDivisionError), worker_environment(1):
        raise ZeroDivisionError
    assert sys.modules["__main__"] is main
