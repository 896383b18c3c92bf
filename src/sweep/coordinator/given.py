"""What a person gave on the command line, held against what the search varies."""

from pathlib import Path

from sweep.compose.begun import recorded_as
from sweep.compose.compose import changed, typed
from sweep.compose.flags import Flags
from sweep.config import Config
from sweep.errors import UserError
from sweep.search.space import Space
from sweep.search.start import keep_given, moved, outside, varied
from sweep.search.studies import kept_studies
from sweep.storage.place import Place, place_of
from sweep.workspace import Workspace


def check(config: Config, flags: Flags) -> list[str]:
    """Refuse what no trial would have, and say what only the first trial is sure to have.

    Args:
        config: the settings that the command line composes to.
        flags: the command line, read.

    Returns:
        Notes, one line each.

    Raises:
        UserError: the space has a mistake, or does not hold a value that was given; or the sweep's trials lie in
            another database.
    """
    _at_home(config)
    space = Space.of(config)
    words = typed(flags)
    if outside(space, config):
        # To know what a file has set costs a second composition; only here it matters.
        keep_given(space, config, words | changed(config))
    return [*varied(space, config, words), *moved(space, config)]


def _at_home(config: Config) -> None:
    # Else a second sweep would begin in the folder of the first, with its trials' numbers.
    there, given = _place_before(config), place_of(config)
    if there is None or there.url == given.url:
        return
    trials = sum(study.trials for study in kept_studies(there, config.sweep))
    if trials:
        again = "null" if there.url is None else there.url
        raise UserError(
            f"The sweep `{config.sweep}` has its {trials} trials in {there}, but storage.url says {given}. Give "
            f"storage.url={again}, or another `name=` to begin a new one."
        )


def _place_before(config: Config) -> Place | None:
    workspace = Workspace(Path(config.workdir))
    if not workspace.sweep(config.sweep).config.exists():
        return None
    try:
        return place_of(recorded_as(workspace, config.sweep))
    except UserError:  # written by another version, or damaged: it is written anew
        return None
