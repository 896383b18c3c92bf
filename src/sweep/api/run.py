"""`sweep.run`: a sweep from a script or a notebook."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from sweep.api.result import Result
from sweep.compose.compose import compose
from sweep.compose.flags import read_flags
from sweep.config import Config
from sweep.coordinator.given import check
from sweep.coordinator.sweep import Sweep
from sweep.errors import UserError
from sweep.records import Ending
from sweep.report.summary import read_summary
from sweep.report.table import make_console
from sweep.signals import interrupt, stop_with
from sweep.storage.patient import StorageGoneError
from sweep.workspace import Workspace


def run(
    search: str,
    overrides: Sequence[str] = (),
    *,
    config_dir: str | Path | None = None,
    plugins: Sequence[str | Path] = (),
    show: bool = True,
) -> Result:
    """Run a sweep, or go on with it, to its budget; what `python -m sweep +search=SEARCH ...` does.

    Trials run in processes of their own. A script needs no `if __name__ == "__main__":` for them, and a second call
    with the same words does nothing again.

    Args:
        search: name of the search.
        overrides: settings as on the command line, `"data.path=messages.csv"`.
        config_dir: folder with searches and configurations of your own.
        plugins: files of code of your own, as `--plugin FILE` names them.
        show: whether to print what the command prints.

    Returns:
        What was found.

    Raises:
        UserError: something given cannot work; the text is the command's. No trial has been run, unless `begun` is set.
        KeyboardInterrupt: it was stopped, by Ctrl-C or a signal; the same call goes on from there.
    """
    if isinstance(overrides, str):
        raise UserError(
            f"overrides must be a list of settings, but got the text {overrides!r}; write [{overrides!r}]."
        )
    folder = [] if config_dir is None else ["--config-dir", str(config_dir)]
    own = [word for file in plugins for word in ("--plugin", str(file))]
    words = [f"+search={search}", *map(str, overrides), *folder, *own]
    flags = read_flags(words)
    if flags.help or flags.version or flags.completes or flags.asked:
        raise UserError(
            "A flag that shows something belongs to the command line; overrides take NAME=VALUE, as in "
            "'model.hidden=64'."
        )
    config = compose(flags)
    console = make_console() if show else Console(quiet=True)
    for note in check(config, flags):
        console.print(f"note: {note}", markup=False)
    with stop_with(interrupt):
        ending = run_sweep(config, console, words)
    if ending is Ending.interrupted:
        raise KeyboardInterrupt
    files = Workspace(Path(config.workdir)).sweep(config.sweep)
    return Result(folder=files.root, summary=read_summary(files.root) or {})


def run_sweep(config: Config, console: Console, words: Sequence[str]) -> Ending:
    """Run a sweep whose settings are composed.

    Args:
        config: all settings.
        console: where to write.
        words: of the command line that says the same.

    Returns:
        How it ended.

    Raises:
        UserError: something given cannot work.
    """
    try:
        return Sweep(config, console, words).run()
    except StorageGoneError as gone:
        console.print(str(gone), style="bold", markup=False, soft_wrap=True)
        return Ending.interrupted
