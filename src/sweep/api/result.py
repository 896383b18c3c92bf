"""`sweep.read`: what a sweep found, for scripts and notebooks."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sweep.compose.compose import from_yaml
from sweep.config import Config
from sweep.errors import UserError
from sweep.plugins.load import load_all
from sweep.report.summary import read_summary
from sweep.report.table import as_html
from sweep.report.trials_table import trial_lines
from sweep.search.space import Space
from sweep.search.studies import open_studies
from sweep.storage.place import place_of
from sweep.workspace import SweepFolder

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a sweep found."""

    folder: Path
    """The sweep's own folder."""
    summary: dict[str, Any]
    """What `summary.json` holds."""

    @property
    def name(self) -> str:
        """Name of the sweep."""
        return str(self.summary["name"])

    @property
    def status(self) -> str:
        """How it ended: complete, fruitless (no trial completed), given_up or interrupted."""
        return str(self.summary["status"])

    @property
    def winner(self) -> dict[str, Any] | None:
        """The best trial: arm, number, settings, scores on validation and test; None where none has completed."""
        found: dict[str, Any] | None = self.summary.get("best")
        return found

    @cached_property
    def trials(self) -> "pd.DataFrame":
        """Every trial as a row: how it ended, its settings and its scores, as in `report/trials.csv`.

        Raises:
            UserError: the sweep's settings or Optuna's database are gone, or cannot be read.
        """
        import pandas as pd

        config = settings_of(self.folder)
        return pd.DataFrame(trial_lines(open_studies(config, Space.of(config))))

    def __repr__(self) -> str:
        best = self.winner
        won = f"winner {best['arm']}-{best['number']}" if best else "no winner"
        return f"<Result of {self.name}: {self.status}, {won}, {self.folder}>"

    def _repr_html_(self) -> str:
        return as_html(self.summary, self.folder)


def read(folder: str | Path, *, plugins: Sequence[str | Path] = ()) -> Result:
    """Read what a sweep found; what `python -m sweep report` tells.

    Args:
        folder: the sweep's own folder, as in `runs/lstm_vs_gru`.
        plugins: files of code of your own that its settings name, as `--plugin FILE` names them.

    Returns:
        What was found.

    Raises:
        UserError: no sweep has come to an end there.
    """
    load_all(plugins)
    root = Path(os.path.abspath(folder))
    found = read_summary(root)
    if found is None:
        raise UserError(
            f"{root} holds no finished sweep; run it first, or name the folder of one: WORKDIR/NAME, as in "
            "runs/lstm_vs_gru."
        )
    return Result(folder=root, summary=found)


def settings_of(folder: Path) -> Config:
    """Read the settings of a sweep's latest command.

    Args:
        folder: the sweep's own folder, wherever it lies now.

    Returns:
        The settings, `workdir` as the folder lies.

    Raises:
        UserError: they or Optuna's database are gone, or another version wrote them.
    """
    files = SweepFolder(folder)
    if not files.config.exists():
        raise UserError(
            f"{files.config} is gone; run the sweep's command again: it is written anew."
        )
    config = from_yaml(files.config)
    config.workdir = str(folder.parent)
    database = place_of(config)
    if not database.exists():
        raise UserError(
            f"{database} is gone, and with it the record of the trials of {folder}; keep a sweep's folder beside it."
        )
    return config
