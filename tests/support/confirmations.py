"""Confirmations of five finalists over four folds, by workers that train nothing."""

import sys
from pathlib import Path
from typing import Any

from rich.console import Console

from support import scripted_search
from support.members_at_work import HIDDEN, slow, trains
from sweep.config import Config, ConfirmConfig
from sweep.confirmation.finalists import Finalist
from sweep.confirmation.members import Folds
from sweep.confirmation.outcome import Outcome
from sweep.coordinator.confirm import Confirmation
from sweep.executors.local import LocalExecutor, Work
from sweep.records import Ending, TrialResult
from sweep.report.progress import Progress
from sweep.report.watched import Confirmed
from sweep.tracking.tracker import Tracker
from sweep.workspace import SweepFolder


def finalists() -> list[Finalist]:
    return [
        Finalist(
            arm=arm,
            number=n,
            values={"model.cell": arm, "model.hidden": hidden},
            value=hidden / 100,
        )
        for arm, sizes in HIDDEN.items()
        for n, hidden in enumerate(sizes)
    ]


def make_config(folder: Path, **executor: Any) -> Config:
    config = scripted_search.make_config(**executor)
    config.workdir = str(folder)
    config.confirm = ConfirmConfig(folds=4)
    return config


def confirmation(
    folder: Path, work: Work = trains, *, workers: int = 2, config: Config | None = None
) -> Confirmation:
    """One command's worth of confirmation, not yet run."""
    config = config or make_config(folder)
    files = SweepFolder(folder / "tried")
    files.root.mkdir(exist_ok=True)
    tracker = Tracker(
        files.root, uri="sqlite:///never.db", experiment="tried", artifacts=folder / "art"
    )
    tracker.sweep_started({}, {})
    return Confirmation(
        config,
        entered=finalists(),
        folds=Folds(corpora=tuple(folder / f"corpus{k}" for k in range(4)), count=4),
        executor=LocalExecutor(workers=workers, work=work),
        tracker=tracker,
        folder=files,
        tags={},
    )


def confirm(
    folder: Path, work: Work = trains, **how: Any
) -> tuple[Ending, Outcome, list[tuple[TrialResult, bool]]]:
    """Run it to its end."""
    loop = confirmation(folder, work, **how)
    watch = scripted_search.Watch()
    return loop.run(watch), loop.outcome(), watch.results


def told(outcome: Outcome) -> dict[str, Any]:
    """What a summary says of it."""
    found: dict[str, Any] = {"arms": {arm: {} for arm in HIDDEN}}
    outcome.tell(found)
    return found


if __name__ == "__main__":
    loop = confirmation(Path(sys.argv[1]), slow, workers=int(sys.argv[2]))
    watched = Confirmed(loop.done, loop.rows, loop.expected)
    with Progress(Console(), watched, "average_precision") as shown:
        print(loop.run(shown), flush=True)
