"""The command `report`: tells again what a sweep found and why, and writes its page from its records."""

import contextlib
from pathlib import Path

from sweep.config import Config
from sweep.coordinator.findings import judge
from sweep.coordinator.fingerprint import command_of, told
from sweep.coordinator.guard import alone
from sweep.errors import LockedError, UserError
from sweep.page.gather import write_report
from sweep.report.summary import read_summary, write_summary
from sweep.report.table import make_console, show
from sweep.search.space import Space
from sweep.search.studies import open_studies
from sweep.workspace import Workspace


def run(config: Config) -> int:
    """Diagnose the sweep anew, print its tables and write its page, the same as Markdown, and its trials as CSV.

    Args:
        config: all settings.

    Returns:
        0.

    Raises:
        UserError: the sweep has not been run.
    """
    files = Workspace(Path(config.workdir)).sweep(config.sweep)
    found = read_summary(files.root)
    if found is None:
        again = command_of(config)
        raise UserError(f"{files.root} holds no finished sweep; run it first: {again}")
    studies = open_studies(config, Space.of(config), create=False)
    # A command that runs this sweep now will judge it itself, and must find its summary as it left it.
    with contextlib.suppress(LockedError), alone(files.root):
        found["findings"] = judge(config, studies, found)
        write_summary(files.root, found)
    write_report(config, studies, found, **told(config))
    show(make_console(), found, files.root)
    print(f"every trial: {files.trials_table}")
    return 0
