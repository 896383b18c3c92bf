"""The settings of a sweep that exists: its name is enough, its folder knows the rest."""

from pathlib import Path

from hydra.core.override_parser.types import Override
from omegaconf import OmegaConf

from sweep.compose import wording
from sweep.compose.compose import all_of, compose, from_yaml, without_plugins
from sweep.compose.flags import Flags
from sweep.compose.overrides import chooses, parsed, sign
from sweep.config import Config, SearchConfig
from sweep.errors import UserError, nearest
from sweep.workspace import Workspace

PLACES = ("search", "name", "workdir")
"""What says which sweep is meant."""


def begun(flags: Flags) -> Config:
    """Find the settings of the sweep that a command line names.

    They are those of its latest command, with what is given now put into them. Where `+search=NAME` stands beside
    groups of settings, or the sweep has not been begun, the command line says them all, as for a new sweep.

    Args:
        flags: the command line, read; `name=` and `workdir=` say which sweep, or `+search=` and what goes with it.

    Returns:
        The settings.

    Raises:
        UserError: there is no such sweep, or every mistake of the command line.
    """
    overrides, mistakes = parsed(flags.words)
    if unloaded := without_plugins(flags):
        raise all_of(unloaded, mistakes)
    given = {o.key_or_group: o.value() for o in overrides}
    composed = None
    if "search" in given:
        composed = compose(flags)
        name, workdir = composed.sweep, Path(composed.workdir)
    else:
        workdir = Path(str(given.get("workdir", Workspace.DEFAULT)))
        name = "" if given.get("name") is None else str(given["name"])
    files = Workspace(workdir).sweep(name)
    if composed is not None and (_groups(overrides, flags) or not files.config.exists()):
        return composed
    if not name or not files.config.exists():
        raise UserError(*mistakes, which_sweep(workdir, name))
    kept = settings_of(Workspace(workdir), name)
    if composed is not None and kept.search.name != composed.search.name:
        raise UserError(
            f"{files.root} is a sweep of the search `{kept.search.name}`, not of `{composed.search.name}`. "
            "Leave out `+search=`, or give another `name=`."
        )
    tree = OmegaConf.structured(kept)
    for override in overrides:
        if override.key_or_group not in PLACES:
            mistakes += wording.put(tree, sign(override), override.key_or_group, override.value())
    config, more = wording.objects(tree)
    mistakes += more
    if mistakes or config is None:
        raise all_of([], mistakes)
    return config


def settings_of(workspace: Workspace, name: str) -> Config:
    """Read the settings of a sweep, as its latest command gave them.

    Args:
        workspace: the folder of all sweeps.
        name: the sweep's name.

    Returns:
        The settings, of the folder where they lie.

    Raises:
        UserError: its file is missing, damaged, or of another version.
    """
    config = from_yaml(workspace.sweep(name).config)
    config.workdir, config.name = str(workspace.root), name
    return config


def recorded_as(workspace: Workspace, name: str) -> Config:
    """Tell how a sweep is recorded in MLflow, whatever else its settings say: no plug-in and no version is asked for.

    Args:
        workspace: the folder of all sweeps.
        name: the sweep's name.

    Returns:
        Its name and folder and the settings of `tracking` and `storage`; the usual ones where its folder has none.

    Raises:
        UserError: its file is damaged.
    """
    config = Config(name=name, workdir=str(workspace.root), search=SearchConfig(name=name))
    file = workspace.sweep(name).config
    if file.exists():
        kept = from_yaml(file, "tracking", "storage")
        config.tracking, config.storage = kept.tracking, kept.storage
    return config


def which_sweep(workdir: Path, name: str) -> str:
    """Say that no such sweep is there, and which are.

    Args:
        workdir: the folder of all sweeps.
        name: what was asked for; empty where nothing was.
    """
    there = Workspace(workdir).sweeps()
    known = (
        f"There are, as name=: {', '.join(there)}." if there else f"There is none in {workdir}."
    )
    if not name:
        return f"Which sweep? Add name=NAME, and workdir=FOLDER where it is not {workdir}. {known}"
    return f"{workdir} holds no sweep `{name}`.{nearest(name, there)} {known}"


def _groups(overrides: list[Override], flags: Flags) -> bool:
    return any(o.key_or_group != "search" and chooses(o, flags.catalogue) for o in overrides)
