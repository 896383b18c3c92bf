"""A patch: a file of settings that an earlier sweep's findings advise, as words of a command."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from sweep.compose.yaml_file import BoundsError, read_yaml
from sweep.errors import UserError
from sweep.typed import spelled


def patch_words(file: Path) -> list[str]:
    """Read a patch as words of a command line.

    Args:
        file: YAML, a tree of settings as `report/patch.yaml` of a sweep holds one.

    Returns:
        A word for each setting; those of the search space change it where it has the setting and add it where not.

    Raises:
        UserError: the file is missing, no YAML, or no tree of settings.
    """
    try:
        tree = read_yaml(file)
    except OSError as error:
        raise UserError(f"--patch {file}: it cannot be read: {error.strerror}.") from error
    except BoundsError as error:
        raise UserError(f"--patch {file} {error}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UserError(f"--patch {file}: it is no YAML: {str(error).splitlines()[0]}.") from error
    if not isinstance(tree, Mapping):
        raise UserError(
            f"--patch {file} must hold lines of the form `NAME: VALUE`, but holds {type(tree).__name__}."
        )
    return [_word(path, value) for path, value in _leaves(tree, "")]


def _leaves(tree: Mapping[str, Any], prefix: str) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, value in tree.items():
        if isinstance(value, Mapping) and value:
            found += _leaves(value, f"{prefix}{name}.")
        else:
            found.append((f"{prefix}{name}", value))
    return found


def _word(path: str, value: Any) -> str:
    sign = "++" if path.startswith("search.space.") else ""
    return f"{sign}{path}={spelled(value)}"
