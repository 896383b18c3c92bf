import os
import shlex
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from sweep.__main__ import main
from sweep.commands import COMMANDS, SWEEP
from sweep.compose.compose import compose
from sweep.compose.flags import read_flags
from sweep.data.load import load_split
from sweep.errors import DataError
from sweep.signals import interrupt, stop_with


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["exprot"], ["`exprot` is no command", "`export`"]),
        (["+search=lstm_vs_gru", "export"], ["write it first: python -m sweep export"]),
        ([], ["Which search?", "+search=lstm_vs_gru"]),
        (["export"], ["Which sweep? Add name=NAME", "There is none in runs"]),
        (["--multirun"], ["one search instead"]),
        (["--wrong"], ["`--wrong` is no flag"]),
    ],
    ids=lambda case: " ".join(case) if isinstance(case, list) else "",
)
def test_a_refusal_ends_with_2(
    words: list[str], told: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert [part for part in told if part not in shown.err] == []


@pytest.mark.parametrize(
    ("raised", "code", "shown"),
    [
        (DataError("one", "two\nlines"), 2, "- one\n- two\n  lines\n"),
        (KeyboardInterrupt(), 130, "interrupted"),
    ],
    ids=["mistakes", "interrupt"],
)
def test_how_a_command_ends_decides_the_code(
    raised: BaseException,
    code: int,
    shown: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def run(self: object, arguments: list[str]) -> int:
        raise raised

    monkeypatch.setattr(type(SWEEP), "run", run)
    assert main(["+search=x"]) == code
    assert shown in capsys.readouterr().err


@pytest.mark.parametrize(
    "number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda n: n.name
)
def test_a_signal_ends_any_command_with_one_line(
    number: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(self: object, arguments: list[str]) -> int:
        os.kill(os.getpid(), number)
        raise AssertionError("it was to end here")

    monkeypatch.setattr(type(SWEEP), "run", run)
    before = signal.getsignal(number)
    assert main(["predict"]) == 130
    assert capsys.readouterr().err == "sweep: interrupted\n"
    assert signal.getsignal(number) is before


def test_the_end_of_a_terminal_means_nothing_where_it_is_ignored(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def run(self: object, arguments: list[str]) -> int:
        os.kill(os.getpid(), signal.SIGHUP)
        with stop_with(interrupt):
            os.kill(os.getpid(), signal.SIGHUP)
        return 0

    monkeypatch.setattr(type(SWEEP), "run", run)
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    try:
        assert main(["predict"]) == 0
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_thread_of_a_program_may_run_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(SWEEP), "run", lambda self, arguments: 0)
    codes: list[int] = []
    thread = threading.Thread(target=lambda: codes.append(main(["predict"])))
    thread.start()
    thread.join()
    assert codes == [0]


def test_a_bug_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(self: object, arguments: list[str]) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr(type(SWEEP), "run", run)
    with pytest.raises(ZeroDivisionError):
        main(["+search=x"])


def test_the_commands_that_a_third_label_value_is_answered_with_read_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    values = ["positive"] * 20 + ["neutral, or so"] * 15 + ["it's bad"] * 30
    lines = [f'text {number},"{value}"' for number, value in enumerate(values)]
    (tmp_path / "my tweets.csv").write_text("\n".join(["tweet,tone", *lines]), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    words = ["+search=smoke", 'data.path="my tweets.csv"', "data.label=tone", "name=mine"]
    assert main(words) == 2
    shown = capsys.readouterr().err.splitlines()
    commands = [shlex.split(line) for line in shown if line.strip().startswith("python -m sweep ")]
    assert len(commands) == 3
    sizes = set()
    for command in commands:
        assert command[3:6] == ["+search=smoke", 'data.path="my tweets.csv"', "data.label=tone"]
        split = load_split(compose(read_flags(command[3:])))
        sizes.add((len(split.corpus.texts), int(split.corpus.labels.sum())))
    assert sizes == {(65, 15), (45, 15), (65, 35)}


@pytest.mark.parametrize("command", [SWEEP, *COMMANDS.values()], ids=lambda c: c.module)
def test_every_command_has_its_module(command: object) -> None:
    assert isinstance(command, type(SWEEP))
    assert (
        Path(sys.modules["sweep.commands"].__file__ or "")
        .with_name(f"{command.module}.py")
        .is_file()
    )


def test_the_module_runs_as_a_program() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "sweep", "--version"], capture_output=True, text=True, check=True
    )
    assert run.stdout.startswith("sweep 0.")
