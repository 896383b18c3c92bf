"""Files that a command line names, looked up beside whatever else is wrong with it."""

from sweep.compose.overrides import parsed
from sweep.data.read import present
from sweep.errors import DataError

NAMES = tuple(f"data.{part}" for part in ("path", "train", "validation", "test"))


def absent(words: list[str]) -> list[str]:
    """Tell which data files are not there.

    Args:
        words: of the command line, flags left out.

    Returns:
        A mistake a file, in the words in which reading it would be refused.
    """
    mistakes: list[str] = []
    for override in parsed(words)[0]:
        file = override.value()
        if override.key_or_group in NAMES and isinstance(file, str):
            try:
                present(file)
            except DataError as wrong:
                mistakes += wrong.mistakes
    return mistakes
