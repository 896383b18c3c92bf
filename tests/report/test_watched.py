"""What the progress counts and shows of the confirmation; the search's part stands in test_progress."""

import io

from rich.console import Console

from sweep.report.progress import Progress
from sweep.report.watched import Confirmed

ROWS = [("lstm-3", 2, 0.9125, ""), ("gru-0", 0, None, ""), ("gru-1", 2, 0.5, "out of reach")]


def test_the_table_has_a_row_a_finalist() -> None:
    console = Console(file=io.StringIO(), width=100, color_system=None)
    progress = Progress(console, Confirmed(lambda: (4, 10), lambda: ROWS), "mcc", 2)
    console.print(progress.table())
    assert isinstance(console.file, io.StringIO)
    rows = [" ".join(line.split()) for line in console.file.getvalue().splitlines()]
    assert rows[:4] == [
        "finalist folds mean mcc",
        "lstm-3 2 0.9125",
        "gru-0 0",
        "gru-1 2 0.5000 out of reach",
    ]


def test_nothing_is_trained_afterwards() -> None:
    assert Confirmed(lambda: (4, 10), lambda: []).later() == 0
