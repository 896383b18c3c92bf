"""The command `report`: tells again what a sweep found, and writes its trials as a table."""

from pathlib import Path

from sweep.config import Config
from sweep.coordinator.fingerprint import command_of
from sweep.errors import UserError
from sweep.files import write_whole
from sweep.report.summary import read_summary
from sweep.report.table import make_console, show
from sweep.report.trials_table import trials_csv
from sweep.search.space import Space
from sweep.search.studies import open_studies
from sweep.workspace import Workspace


def run(config: Config) -> int:
    """Print the sweep's tables and write every trial as a line of a CSV file.

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
    show(make_console(), found, files.root)
    files.trials_table.parent.mkdir(exist_ok=True)
    write_whole(
        files.trials_table, trials_csv(open_studies(config, Space.of(config), create=False))
    )
    print(f"every trial: {files.trials_table}")
    return 0
