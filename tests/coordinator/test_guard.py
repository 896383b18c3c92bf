"""One process a sweep; and what a refusal that comes late says."""

import contextlib
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sweep.__main__ import main
from sweep.commands import SWEEP
from sweep.coordinator.guard import alone, begun
from sweep.errors import LockedError, UserError

HOLD = """
import sys, time
from pathlib import Path
from sweep.coordinator.guard import alone
with alone(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_holder_is_refused(tmp_path: Path) -> None:
    with alone(tmp_path), pytest.raises(LockedError, match="another command is running"):
        with alone(tmp_path):
            pass
    with alone(tmp_path):
        pass


def test_the_lock_goes_with_an_error(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), alone(tmp_path):
        raise ZeroDivisionError
    with alone(tmp_path):
        pass


@pytest.mark.parametrize("written", [True, False])
def test_a_folder_in_which_nothing_was_written_goes_with_the_lock(
    tmp_path: Path, written: bool
) -> None:
    folder = tmp_path / "runs" / "s"
    with contextlib.suppress(UserError), alone(folder):
        if written:
            (folder / "config.yaml").touch()
        raise UserError("planted")
    assert folder.exists() == written


@pytest.mark.parametrize("done", [True, False])
def test_a_refusal_says_nothing_was_run_only_where_that_is_true(
    done: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(self: object, arguments: list[str]) -> int:
        with begun() if done else contextlib.nullcontext():
            raise UserError("planted")

    monkeypatch.setattr(type(SWEEP), "run", run)
    assert main(["+search=x"]) == 2
    head = "sweep: refused" if done else "sweep: refused, nothing was run"
    assert capsys.readouterr().err == f"{head}\n- planted\n"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_the_lock_goes_with_its_process(tmp_path: Path, number: int) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    other = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    with pytest.raises(LockedError), alone(tmp_path):
        pass
    other.send_signal(number)
    other.communicate()
    with alone(tmp_path):
        pass
