"""Starting over: everything that a sweep left is removed, and nothing that another one uses."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from sweep.compose.begun import recorded_as, which_sweep
from sweep.config import Config
from sweep.coordinator.cache_use import bytes_of, own_cache
from sweep.coordinator.guard import sole
from sweep.errors import LockedError, UserError
from sweep.redaction import redact
from sweep.search.studies import delete_studies, kept_studies
from sweep.storage.place import place_of
from sweep.tracking.tracker import make_tracker
from sweep.workspace import SweepFolder, Workspace, is_sweep_name

SENDING_S = 20.0
"""How long the last events on their way to MLflow are waited for."""


def delete(
    workspace: Workspace, name: str, say: Callable[[str], None], *, mlflow: bool = True
) -> None:
    """Remove a sweep: its runs and models in MLflow, what it alone has in the cache, its studies, its folder.

    Killed at any moment, another call removes the rest: what tells where the rest lies goes last.

    Args:
        workspace: the folder of all sweeps.
        name: the sweep's name.
        say: gets a line for each kind of thing that was removed.
        mlflow: whether MLflow's runs and models are removed, too.

    Raises:
        UserError: there is no such sweep, it is running, or MLflow does not answer.
    """
    if not is_sweep_name(name):
        raise UserError(which_sweep(workspace.root, name))
    files = workspace.sweep(name)
    place = place_of(recorded_as(workspace, name))
    there = _is_sweep(files) or bool(kept_studies(place, name))
    if not there and not files.remains.exists():
        raise UserError(which_sweep(workspace.root, name))
    if there:
        with sole(files.root, place), _quiet(files):
            if mlflow:
                _delete_runs(recorded_as(workspace, name), say)
            _delete_cache(workspace, name, say)
            studies, trials = delete_studies(place, name)
            if studies:
                say(
                    f"{_count(studies, 'study', 'studies')} with {_count(trials, 'trial')} in {place}"
                )
            shutil.rmtree(files.remains, ignore_errors=True)
            files.root.rename(files.remains)
    size = bytes_of(files.remains)
    shutil.rmtree(files.remains)
    say(f"{files.root} ({megabytes(size)})")


def _is_sweep(files: SweepFolder) -> bool:
    return any(file.exists() for file in (files.config, files.summary, files.outbox))


@contextmanager
def _quiet(files: SweepFolder) -> Iterator[None]:
    # The shipper may still be sending after its command has ended; it gives up by itself where MLflow is dead.
    lock = FileLock(files.outbox_lock, timeout=SENDING_S)
    try:
        lock.acquire()
    except Timeout:
        raise LockedError(
            f"{files.root}: its last events are still on their way to MLflow ({files.tracking_log} tells how that "
            "goes). Give the same command again in a minute."
        ) from None
    try:
        yield
    finally:
        lock.release()


def _delete_runs(config: Config, say: Callable[[str], None]) -> None:
    if config.tracking.uri is None and not Workspace(Path(config.workdir)).mlflow.exists():
        return
    from sweep.export.registry import Registry  # loads MLflow
    from sweep.tracking.removal import RecordedSweep

    target = make_tracker(config).target
    recorded, where = RecordedSweep(target), redact(target.uri)
    # Before the runs, by which a model's versions are known.
    if versions := Registry(target.uri).remove(config.sweep, recorded.runs):
        say(f"{_count(versions, 'version')} of the registered model in MLflow at {where}")
    recorded.remove()
    if recorded.experiments:
        runs = _count(len(recorded.runs), "run")
        say(f"the experiment `{config.sweep}` with {runs} in MLflow at {where}")


def _delete_cache(workspace: Workspace, name: str, say: Callable[[str], None]) -> None:
    own = own_cache(workspace, name)
    size = sum(map(bytes_of, own))
    for path in own:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    if own:
        say(
            f"{_count(len(own), 'entry', 'entries')} of {workspace.cache} that no other sweep uses ({megabytes(size)})"
        )


def megabytes(size: int) -> str:
    """Write a size in bytes as megabytes."""
    return f"{size / 1e6:.1f} MB"


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
