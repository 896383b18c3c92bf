"""Labelling side by side: the same answers in the same order, and no process left behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from support.child_environment import child_environment
from sweep.errors import UserError
from sweep.export.bundle import Bundle
from sweep.serving import crew
from sweep.serving.crew import answers

PIECES = [[f"win prize {piece}", "", f"see you at {piece}"] for piece in range(12)]


@pytest.mark.parametrize("workers", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_answers_come_in_the_order_of_the_texts(model: Path, bundle: Bundle, workers: int) -> None:
    found = list(answers(bundle, model, PIECES, rows=36, workers=workers, cores=2))
    expected = list(answers(bundle, model, PIECES, rows=36, workers=1, cores=2))
    assert len(found) == len(PIECES)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one.probabilities, other.probabilities)
        assert one.labels == other.labels
        assert one.labels[1] is None


@pytest.mark.parametrize(("rows", "split"), [(36, 0), (10**9, 1)], ids=["few", "many"])
def test_processes_are_started_where_they_save_time(
    model: Path, bundle: Bundle, rows: int, split: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[int] = []

    def side_by_side(folder: Path, rest: Iterator[list[str]], workers: int) -> Iterator[object]:
        started.append(workers)
        return iter(list(rest))

    monkeypatch.setattr(crew, "_side_by_side", side_by_side)
    found = list(answers(bundle, model, PIECES, rows=rows, workers=None, cores=2))
    assert (len(found), started) == (12, [2] * split)


def test_texts_are_taken_no_faster_than_they_are_labelled(model: Path, bundle: Bundle) -> None:
    taken: list[int] = []

    def pieces() -> Iterator[list[str]]:
        for number in range(5):
            taken.append(number)
            yield ["ok"]

    for number, _ in enumerate(answers(bundle, model, pieces(), rows=5, workers=None, cores=1)):
        assert taken == list(range(number + 1))


@pytest.mark.slow
def test_a_process_killed_from_outside_is_told(model: Path, bundle: Bundle) -> None:
    work = answers(bundle, model, iter(lambda: ["ok"], None), rows=10**9, workers=2, cores=2)
    next(work)
    # Other tests of this process may have children of their own.
    crew = [c for c in psutil.Process().children() if "spawn_main" in " ".join(c.cmdline())]
    assert len(crew) == 2
    crew[0].kill()
    with pytest.raises(UserError, match="ended from outside"):
        for _ in work:
            pass


COMMAND = """
import sys
from pathlib import Path
from sweep.export.bundle import Bundle
from sweep.serving.crew import answers
if __name__ == "__main__":
    model = Path(sys.argv[1])
    endless = iter(lambda: ["ok"], None)
    for _ in answers(Bundle.load(model), model, endless, rows=10**9, workers=2, cores=2):
        print("answered", flush=True)
"""


@pytest.mark.slow
def test_a_killed_command_leaves_no_process(model: Path, tmp_path: Path) -> None:
    (tmp_path / "label.py").write_text(COMMAND)
    running = subprocess.Popen(
        [sys.executable, str(tmp_path / "label.py"), str(model)],
        stdout=subprocess.PIPE, text=True, env=child_environment(),
    )  # fmt: skip
    assert running.stdout is not None
    assert running.stdout.readline() == "answered\n"
    children = psutil.Process(running.pid).children(recursive=True)
    assert len(children) >= 2
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    running.stdout.close()
    deadline = time.monotonic() + 20
    while any(child.is_running() and child.status() != "zombie" for child in children):
        assert time.monotonic() < deadline
        time.sleep(0.05)
