"""What the user sees meanwhile: plain lines, or a live table in a terminal."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from support.told_studies import make_config, make_studies, result
from sweep.records import EpochReport, Reason, Status, Stopped, TrialKey, TrialResult
from sweep.report.progress import Progress, outcome
from sweep.report.watched import Searched
from sweep.search.study import ArmStudy

RUNNING = TrialKey(arm="gru", number=1)
TOLD = EpochReport(key=RUNNING, epoch=1, best=0.125, error=0.0, learned=1, metrics={})


@pytest.fixture
def studies(tmp_path: Path) -> dict[str, ArmStudy]:
    told = {"lstm": [0.5, Status.PRUNED, Reason.crashed], "gru": [0.25]}
    return make_studies(tmp_path, told, config=make_config(tmp_path))


def lines(
    studies: dict[str, ArmStudy], told: list[tuple[TrialResult, bool]], *, terminal: bool = False
) -> str:
    console = Console(file=io.StringIO(), width=80, force_terminal=terminal, highlight=False)
    with Progress(console, Searched(studies), "average_precision", 2) as progress:
        progress.started(RUNNING)
        progress.epoch(TOLD)
        for each, again in told:
            progress.ended(each, again)
        progress.tick()
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_without_a_terminal_an_attempt_is_one_plain_line(studies: dict[str, ArmStudy]) -> None:
    told = [(result("gru", 1, 0.75), False), (result("gru", 1, Reason.killed), True)]
    assert lines(studies, told).splitlines() == [
        "[4/8] gru-1      COMPLETE average_precision 0.7500 (epoch 2 of 3, max_epochs, 2.0 s)",
        "[4/8] gru-1      FAILED (killed) planted; trying again",
    ]
    assert lines(studies, []) == ""


def test_a_terminal_gets_the_lines_and_a_table(studies: dict[str, ArmStudy]) -> None:
    shown = lines(studies, [(result("gru", 1, 0.75), False)], terminal=True)
    assert "COMPLETE average_precision 0.7500" in shown
    assert "best average_precision" in shown
    assert "\x1b[" in shown


def test_the_table_holds_the_counts(studies: dict[str, ArmStudy]) -> None:
    console = Console(file=io.StringIO(), width=100, force_terminal=True, color_system=None)
    progress = Progress(console, Searched(studies), "mcc", 2)
    progress.started(RUNNING)
    progress.started(TrialKey(arm="lstm", number=3))
    progress.epoch(TOLD)
    console.print(progress.table())
    assert isinstance(console.file, io.StringIO)
    rows = [" ".join(line.split()) for line in console.file.getvalue().splitlines()]
    assert rows[:3] == [
        "arm done failed pruned best mcc",
        "lstm 3/4 1 1 0.5000",
        "gru 1/4 0 0 0.2500",
    ]
    assert rows[3:5] == ["running gru-1 epoch 2, best 0.1250", "running lstm-3 starting"]
    assert rows[5].endswith("s so far, time left: after the first trial")


@pytest.mark.parametrize(
    ("seconds", "expected"), [(10.0, "about 20 s left"), (600.0, "about 20 min left")]
)
def test_the_time_left(studies: dict[str, ArmStudy], seconds: float, expected: str) -> None:
    progress = Progress(Console(file=io.StringIO()), Searched(studies), "mcc", slots=2)
    progress.ended(result("gru", 0, 0.25, seconds=seconds), again=False)
    progress.ended(result("gru", 0, Reason.killed, seconds=9999.0), again=True)
    assert progress.time_left() == expected  # 4 of 8 are left, two at a time


def test_the_time_left_counts_the_confirmation_as_whole_trainings(
    studies: dict[str, ArmStudy],
) -> None:
    watched = Searched(studies, members=5)
    progress = Progress(Console(file=io.StringIO()), watched, "mcc", slots=2)
    progress.ended(result("gru", 0, 0.25, seconds=9.0), again=False)
    progress.ended(result("gru", 0, Status.PRUNED, seconds=1.0), again=False)
    assert progress.time_left() == "about 55 s left"  # (4 x 5 s + 10 x 9 s) / 2


def test_the_table_goes_away_when_the_search_breaks_off(studies: dict[str, ArmStudy]) -> None:
    console = Console(file=io.StringIO(), force_terminal=True)
    progress = Progress(console, Searched(studies), "mcc", 2)
    with pytest.raises(KeyboardInterrupt), progress:
        raise KeyboardInterrupt
    assert not progress.live.is_started


CASES = {
    "complete": (result(told=0.5), False, "COMPLETE m 0.5000 (epoch 2 of 3, max_epochs, 2.0 s)"),
    "early": (
        result(told=0.5, stopped=Stopped.early_stopping), False,
        "COMPLETE m 0.5000 (epoch 2 of 3, early_stopping, 2.0 s)",
    ),
    "pruned": (result(told=Status.PRUNED), False, "PRUNED m 0.1000 (epoch 2 of 3, pruned, 2.0 s)"),
    "failed": (result(told=Reason.timeout), False, "FAILED (timeout) planted"),
    "again": (result(told=Reason.crashed), True, "FAILED (crashed) planted; trying again"),
    "silent": (result(told=Reason.raised, message=""), False, "FAILED (raised) "),
    "brackets": (result(told=Reason.raised, message="[/bold]"), False, "FAILED (raised) [/bold]"),
}  # fmt: skip


@pytest.mark.parametrize(("ended", "again", "line"), CASES.values(), ids=CASES)
def test_outcomes(
    studies: dict[str, ArmStudy], ended: TrialResult, again: bool, line: str
) -> None:
    assert outcome(ended, "m", again) == line
    assert line in lines(studies, [(ended, again)]).replace("average_precision", "m")


def test_an_exception_shows_its_own_lines_once(studies: dict[str, ArmStudy]) -> None:
    message = "KeyError: 'x'\n    net.py:3 in forward: states['x']"
    ended = [
        (result("gru", n, Reason.raised, message=message, where="net.py:3"), n == 1)
        for n in (1, 1, 2)
    ]
    shown = lines(studies, ended).splitlines()
    assert shown[0] == "[4/8] gru-1      FAILED (raised) KeyError: 'x'; trying again"
    assert shown.count("    net.py:3 in forward: states['x']") == 1
    assert len(shown) == 4
