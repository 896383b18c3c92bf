"""What the user sees meanwhile: plain lines, or a live table in a terminal."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from support.told_studies import make_config, make_studies, result
from sweep.records import EpochReport, Reason, Status, Stopped, TrialKey, TrialResult
from sweep.report.forecast import Forecast
from sweep.report.progress import Progress, outcome
from sweep.report.watched import Searched
from sweep.search.study import ArmStudy

RUNNING = TrialKey(arm="gru", number=1)
TOLD = EpochReport(key=RUNNING, epoch=1, best=0.125, error=0.0, learned=1, metrics={})


@pytest.fixture
def studies(tmp_path: Path) -> dict[str, ArmStudy]:
    told = {"lstm": [0.5, Status.PRUNED, Reason.crashed], "gru": [0.25]}
    return make_studies(tmp_path, told, config=make_config(tmp_path))


@pytest.fixture
def forecast(studies: dict[str, ArmStudy]) -> Forecast:
    return Forecast(studies=studies)


def lines(
    forecast: Forecast, told: list[tuple[TrialResult, bool]], *, terminal: bool = False
) -> str:
    console = Console(file=io.StringIO(), width=80, force_terminal=terminal, highlight=False)
    with Progress(console, Searched(forecast), "average_precision") as progress:
        progress.started(RUNNING)
        progress.epoch(TOLD)
        for each, again in told:
            progress.ended(each, again)
        progress.tick()
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_without_a_terminal_an_attempt_is_one_plain_line(forecast: Forecast) -> None:
    told = [(result("gru", 1, 0.75), False), (result("gru", 1, Reason.killed), True)]
    assert lines(forecast, told).splitlines() == [
        "about 6 s left (4 trials)",
        "[4/8] gru-1      COMPLETE average_precision 0.7500 (epoch 2 of 3, max_epochs, 2.0 s)",
        "[4/8] gru-1      FAILED (killed) planted; trying again",
    ]


def test_a_terminal_gets_the_lines_and_a_table(forecast: Forecast) -> None:
    shown = lines(forecast, [(result("gru", 1, 0.75), False)], terminal=True)
    assert "COMPLETE average_precision 0.7500" in shown
    assert "best average_precision" in shown
    assert "\x1b[" in shown


def test_the_table_holds_the_counts(forecast: Forecast) -> None:
    console = Console(file=io.StringIO(), width=100, force_terminal=True, color_system=None)
    progress = Progress(console, Searched(forecast), "mcc")
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
    assert rows[5].endswith("s so far, about 6 s left")


def test_a_line_before_the_first_trial_says_what_is_to_come(tmp_path: Path) -> None:
    untold = make_studies(tmp_path, {}, config=make_config(tmp_path))
    forecast = Forecast(studies=untold, top=2, members=5)
    assert lines(forecast, []) == (
        "time left: unknown until the first trial ends (8 trials; then at most 30 trainings of the confirmation)\n"
    )


def test_it_corrects_itself_when_it_was_wrong_by_more_than_a_quarter(tmp_path: Path) -> None:
    untold = make_studies(tmp_path, {}, config=make_config(tmp_path))
    console = Console(file=io.StringIO(), width=80, highlight=False)
    with Progress(console, Searched(Forecast(studies=untold)), "mcc") as progress:
        for number, seconds in enumerate((10.0, 12.0, 8.0, 40.0)):
            assert untold["gru"].next() is not None
            ended = result("gru", number, 0.5, seconds=seconds)
            untold["gru"].tell(number, ended)
            progress.ended(ended, again=False)
    assert isinstance(console.file, io.StringIO)
    said = [line for line in console.file.getvalue().splitlines() if "left" in line]
    assert said == [
        "time left: unknown until the first trial ends (8 trials)",
        "about 70 s left (7 trials)",
        "about 70 s left (4 trials)",
    ]


def test_a_search_that_has_ended_says_nothing(tmp_path: Path) -> None:
    all_told = make_studies(
        tmp_path, {"lstm": [0.5] * 4, "gru": [0.5] * 4}, config=make_config(tmp_path)
    )
    assert lines(Forecast(studies=all_told, top=1, members=3), []) == ""


def test_the_table_goes_away_when_the_search_breaks_off(forecast: Forecast) -> None:
    console = Console(file=io.StringIO(), force_terminal=True)
    progress = Progress(console, Searched(forecast), "mcc")
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
def test_outcomes(forecast: Forecast, ended: TrialResult, again: bool, line: str) -> None:
    assert outcome(ended, "m", again) == line
    assert line in lines(forecast, [(ended, again)]).replace("average_precision", "m")


def test_an_exception_shows_its_own_lines_once(forecast: Forecast) -> None:
    message = "KeyError: 'x'\n    net.py:3 in forward: states['x']"
    ended = [
        (result("gru", n, Reason.raised, message=message, where="net.py:3"), n == 1)
        for n in (1, 1, 2)
    ]
    shown = lines(forecast, ended).splitlines()
    assert shown[1] == "[4/8] gru-1      FAILED (raised) KeyError: 'x'; trying again"
    assert shown.count("    net.py:3 in forward: states['x']") == 1
    assert len(shown) == 5
