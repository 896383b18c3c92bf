"""What a person gave on the command line, held against what the search varies."""

from sweep.compose.compose import changed, typed
from sweep.compose.flags import Flags
from sweep.config import Config
from sweep.search.space import Space
from sweep.search.start import keep_given, moved, outside, varied


def check(config: Config, flags: Flags) -> list[str]:
    """Refuse what no trial would have, and say what only the first trial is sure to have.

    Args:
        config: the settings that the command line composes to.
        flags: the command line, read.

    Returns:
        Notes, one line each.

    Raises:
        UserError: the space has a mistake, or does not hold a value that was given.
    """
    space = Space.of(config)
    words = typed(flags)
    if outside(space, config):
        # To know what a file has set costs a second composition; only here it matters.
        keep_given(space, config, words | changed(config))
    return [*varied(space, config, words), *moved(space, config)]
