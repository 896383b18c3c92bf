"""What sweeps there are: how far each is, what it reached, what it takes on disk."""

from dataclasses import dataclass
from pathlib import Path

from sweep.compose.begun import recorded_as, settings_of
from sweep.coordinator.cache_use import bytes_of
from sweep.coordinator.guard import held
from sweep.errors import PluginError, UserError
from sweep.records import Ending
from sweep.report.summary import best_of, read_summary
from sweep.report.watched import done
from sweep.search.space import Space
from sweep.search.studies import kept_studies, open_studies, sweeps_with_studies
from sweep.storage.place import local, place_of
from sweep.workspace import SweepFolder, Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepRow:
    """A sweep in a line."""

    name: str
    state: str
    """running, interrupted, what `summary.json` calls the end, or what is wrong with it."""
    done: int
    """Trials that will not run again."""
    budget: int | None = None
    """Trials of all arms; None where the settings cannot be read."""
    metric: str = ""
    best: float | None = None
    """Best objective on validation."""
    size: int = 0
    """Bytes of its folder."""
    changed: float | None = None
    """When its folder was last written to, in seconds since 1970."""


def sweeps(workspace: Workspace) -> list[SweepRow]:
    """List the sweeps in a folder, and those whose folder was deleted but whose trials are there.

    Args:
        workspace: the folder of all sweeps.

    Returns:
        The latest first.

    Raises:
        UserError: Optuna's database cannot be used.
    """
    names = {*workspace.sweeps(), *sweeps_with_studies(local(workspace))}
    rows = [_row(workspace, name) for name in sorted(names)]
    return sorted(rows, key=lambda row: row.changed or 0.0, reverse=True)


def _row(workspace: Workspace, name: str) -> SweepRow:
    files = workspace.sweep(name)
    if not files.config.exists():
        trials = sum(study.trials for study in kept_studies(local(workspace), name))
        return SweepRow(name=name, state="folder deleted", done=trials)
    size, changed = bytes_of(files.root), _changed(files.root)
    try:
        config = settings_of(workspace, name)
        studies = open_studies(config, Space.of(config), create=False)
    except UserError as wrong:
        lacking = isinstance(wrong, PluginError)
        return SweepRow(
            name=name,
            state="needs --plugin FILE" if lacking else "of another version",
            done=_trials(workspace, name),
            size=size,
            changed=changed,
        )
    best = best_of(studies, config.objective.metric.maximize)
    left = sum(study.left for study in studies.values())
    return SweepRow(
        name=name,
        state="running" if held(files.root) else _ended(files, left),
        done=done(studies),
        budget=sum(study.budget for study in studies.values()),
        metric=str(config.objective.metric),
        best=best[1].value if best else None,
        size=size,
        changed=changed,
    )


def _trials(workspace: Workspace, name: str) -> int:
    try:
        kept = kept_studies(place_of(recorded_as(workspace, name)), name)
    except UserError:  # its settings are damaged, or its server is gone
        return 0
    return sum(study.trials for study in kept)


def _ended(files: SweepFolder, left: int) -> str:
    found = read_summary(files.root) or {}
    status = str(found.get("status", Ending.interrupted))
    finished = status != Ending.complete or "test" in found.get("best", {})
    return (
        status if finished and (not left or status == Ending.given_up) else str(Ending.interrupted)
    )


def _changed(folder: Path) -> float:
    return max(path.lstat().st_mtime for path in (folder, *folder.iterdir()))
