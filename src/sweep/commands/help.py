"""What `python -m sweep --help` prints, and `--help` after a command."""

from sweep.commands import COMMANDS, SWEEP, Command, Takes
from sweep.commands.setting import Setting
from sweep.compose.catalogue import Catalogue
from sweep.workspace import Workspace

_TEXT = """\
Find an LSTM or GRU that classifies your texts, see how it compares with a simple baseline, and export it.

Commands
{commands}

Searches
{searches}

Groups: GROUP=FILE takes a set of settings, GROUP.NAME=VALUE changes one
{groups}

Examples
  python -m sweep +search=lstm_vs_gru
  python -m sweep +search=lstm_vs_gru data.path=messages.csv data.text=message data.label=spam
  python -m sweep +search=lstm_vs_gru model.layers=2 search.trials=4 'search.space.model.hidden.choices=[32]'
  python -m sweep +search=lstm_vs_gru +debug=fast

Flags
  --cfg job [--package GROUP]   show the settings instead of running anything
  --config-dir FOLDER           also take files from FOLDER/search, FOLDER/data, ...
  --patch FILE                  also change what FILE says: report/patch.yaml of a sweep
  --plugin FILE                 also take your own parts from a Python file
  --info [defaults]             show how the settings come together
  --hydra-help                  Hydra's own help
  --shell-completion install=SHELL
                                complete names in bash, fish or zsh
  --version                     show the version

After a command, --help shows that command's settings: python -m sweep export --help

Exit codes: 0 done, 2 refused, 3 finished but no trial completed, 130 interrupted (the same command goes on)."""


_PLACE = (
    Setting(name="name", about="the sweep's name; `python -m sweep list` shows which there are"),
    Setting(name="workdir", about="folder of all sweeps", default=Workspace.DEFAULT),
)
_MORE = {
    Takes.sweep: "\nThe sweep's folder and its studies know the rest; +search=NAME names the sweep, too.",
    Takes.settings: "\nWith name= the sweep's own settings count (tracking.uri), otherwise those given.",
}


def help_of(command: Command) -> str:
    """Write the help of one command.

    Args:
        command: any but the sweep itself.

    Returns:
        The text, without a line break at its end.
    """
    place = _PLACE if command.takes in _MORE else ()
    lines = [f"python -m sweep {command.usage}", f"  {command.summary}", ""]
    rows = [(f"{s.name}=", _about(s)) for s in (*place, *command.settings)]
    return "\n".join(
        [*lines, "Settings", _columns(rows), *filter(None, [_MORE.get(command.takes)])]
    )


def _about(setting: Setting) -> str:
    if setting.default is None:
        return setting.about
    choices = f"{' or '.join(setting.choices)}; " if setting.choices else ""
    return f"{setting.about} ({choices}by default {setting.default})"


def help_text(catalogue: Catalogue) -> str:
    """Write the help.

    Args:
        catalogue: the files to list.

    Returns:
        The text, without a line break at its end.
    """
    commands = [(f"python -m sweep {c.usage}", c.summary) for c in (SWEEP, *COMMANDS.values())]
    groups = [
        (group, ", ".join(catalogue.options(group)))
        for group in catalogue.groups()
        if group != "search"
    ]
    return _TEXT.format(
        commands=_columns(commands), searches=catalogue.searches(), groups=_columns(groups)
    )


def _columns(rows: list[tuple[str, str]]) -> str:
    wide = max(len(left) for left, _ in rows)
    return "\n".join(f"  {left.ljust(wide)}  {right}" for left, right in rows)
