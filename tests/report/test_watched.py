"""What the progress counts and shows of the confirmation; the search's part stands in test_progress."""

import io
from pathlib import Path

from rich.console import Console

from support.told_studies import make_config, make_studies
from sweep.report.forecast import Forecast
from sweep.report.progress import Progress
from sweep.report.watched import Confirmed, Searched

ROWS = [("lstm-3", 2, 0.9125, ""), ("gru-0", 0, None, ""), ("gru-1", 2, 0.5, "out of reach")]


def test_the_table_has_a_row_a_finalist() -> None:
    console = Console(file=io.StringIO(), width=100, color_system=None)
    progress = Progress(console, Confirmed(lambda: (4, 10), lambda: ROWS, lambda: None), "mcc")
    console.print(progress.table())
    assert isinstance(console.file, io.StringIO)
    rows = [" ".join(line.split()) for line in console.file.getvalue().splitlines()]
    assert rows[:4] == [
        "finalist folds mean mcc",
        "lstm-3 2 0.9125",
        "gru-0 0",
        "gru-1 2 0.5000 out of reach",
    ]


def test_what_is_to_come_ends_with_the_last_member() -> None:
    left = Confirmed(lambda: (4, 10), lambda: [], lambda: (4.0, 6.0))
    assert left.to_come() == "at most 6 trainings of the confirmation"
    assert Confirmed(lambda: (10, 10), lambda: [], lambda: (4.0, 0.0)).to_come() == ""


def test_minutes_are_told_as_what_they_buy(tmp_path: Path) -> None:
    config = make_config(tmp_path)
    config.search.trials, config.search.minutes = None, 30.0
    studies = make_studies(tmp_path, {}, config=config)
    until = "until search.minutes=30 leaves time for the confirmation only"
    forecast = Forecast(studies=studies, minutes=30.0, top=1, members=3)
    assert (
        Searched(forecast).to_come()
        == f"trials {until}; then at most 12 trainings of the confirmation"
    )
    config.search.trials = 4
    studies = make_studies(tmp_path, {}, config=config)
    assert (
        Searched(Forecast(studies=studies, minutes=30.0)).to_come()
        == f"8 trials, or fewer, {until}"
    )
