"""The command `list`: what sweeps there are."""

import time
from pathlib import Path

from rich.table import Table

from sweep.coordinator.deletion import megabytes
from sweep.coordinator.overview import SweepRow, sweeps
from sweep.plugins.load import load_all
from sweep.report.table import make_console
from sweep.typed import program
from sweep.workspace import Workspace

COLUMNS = ("sweep", "state", "trials", "best", "on disk", "last written")


def run(plugins: list[str], workdir: str) -> int:
    """Print a line a sweep, the latest first.

    Args:
        plugins: files of code of one's own that sweeps were run with.
        workdir: folder of all sweeps.

    Returns:
        0.

    Raises:
        UserError: Optuna's database or a file of code cannot be used.
    """
    load_all(plugins)
    console = make_console()
    rows = sweeps(Workspace(Path(workdir)))
    if not rows:
        console.print(
            f"{workdir} holds no sweep; begin one: {program()} +search=lstm_vs_gru", markup=False
        )
        return 0
    table = Table()
    for name in COLUMNS:
        table.add_column(name, justify="left" if name in ("sweep", "state") else "right")
    for row in rows:
        table.add_row(*_cells(row))
    console.print(table)
    return 0


def _cells(row: SweepRow) -> tuple[str, ...]:
    budget = "?" if row.budget is None else str(row.budget)
    best = "-" if row.best is None else f"{row.best:.4f} {row.metric}"
    written = (
        "-"
        if row.changed is None
        else time.strftime("%Y-%m-%d %H:%M", time.localtime(row.changed))
    )
    return (row.name, row.state, f"{row.done}/{budget}", best, megabytes(row.size), written)
