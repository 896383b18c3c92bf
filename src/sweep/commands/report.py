"""The command `report`: tells again what a sweep found, and writes its trials as a table."""

import csv
import io
from pathlib import Path
from typing import Any

from sweep.config import Config
from sweep.errors import UserError
from sweep.files import write_whole
from sweep.report import summary
from sweep.report.table import make_console, show
from sweep.search.space import Space
from sweep.search.study import ArmStudy, open_storage


def run(config: Config) -> int:
    """Print the sweep's tables and write `report/trials.csv`.

    Args:
        config: all settings.

    Returns:
        0.

    Raises:
        UserError: the sweep has not been run.
    """
    folder = Path(config.workdir) / config.sweep
    found = summary.read(folder)
    if found is None:
        raise UserError(
            f"{folder} holds no finished sweep; run it first: python -m sweep +search={config.search.name}"
        )
    show(make_console(), found, folder)
    (folder / "report").mkdir(exist_ok=True)
    write_whole(folder / "report" / "trials.csv", trials_csv(config))
    print(f"every trial: {folder / 'report' / 'trials.csv'}")
    return 0


def trials_csv(config: Config) -> str:
    """Every trial as a line.

    Args:
        config: all settings.

    Returns:
        CSV: arm, number, how it ended, then one column a setting and a score.
    """
    space = Space.parse(config.search.space, config, config.search.compare)
    storage = open_storage(Path(config.workdir) / "optuna.db")
    lines: list[dict[str, Any]] = []
    for arm in space.arms:
        study = ArmStudy(
            storage,
            sweep=config.sweep,
            arm=arm,
            space=space,
            base=config,
            sampler=config.sampler,
            pruner=config.pruner,
            seed=config.seed,
            trials=config.search.trials,
            max_epochs=config.trainer.max_epochs,
            maximize=config.objective.metric.maximize,
        )
        for r in study.records():
            line = {"arm": arm, "number": r.number, "attempt": r.attempt, "status": r.status}
            line |= {"reason": r.reason, "stopped": r.stopped, "value": r.value, "epoch": r.epoch}
            line |= {"epochs": r.epochs, "seconds": round(r.seconds, 2), "threshold": r.threshold}
            lines.append(line | dict(r.values) | dict(r.metrics))
    text = io.StringIO()
    columns = list(dict.fromkeys(name for line in lines for name in line))
    writer = csv.DictWriter(text, columns, restval="")
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue()
