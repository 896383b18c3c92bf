"""Commands as they stand in the README and in configuration files: found, and composed as typed."""

import re
import shlex

from sweep.commands import COMMANDS, SWEEP, Takes
from sweep.commands.setting import taken
from sweep.compose.flags import read_flags


def words_of(line: str) -> list[str] | None:
    """Split a line that runs the program into the words it passes; None for another line."""
    match = re.match(
        r"(?:\$ )?(?:\S*python(?:3(?:\.\d+)?)? -m )?sweep(?P<words>(?: .*)?)$", line.strip()
    )
    return shlex.split(match["words"], comments=True) if match else None


def compose_typed(words: list[str]) -> None:
    """Compose what one command is given; raises `UserError` where it would be refused."""
    command = COMMANDS.get(words[0], SWEEP) if words else SWEEP
    rest = words if command is SWEEP else words[1:]
    _, left, mistakes = taken(rest, command.settings)
    assert not mistakes
    if command.takes is Takes.search or "+search" in " ".join(left):
        flags = read_flags(left)
        if not flags.help:
            command.found(flags)
    elif command.takes is Takes.names:
        assert sum("=" not in word for word in rest) > 1, (
            f"`{' '.join(words)}` names two sweeps or more"
        )
    elif rest != ["--help"]:
        assert all("=" in word for word in rest), f"`{' '.join(words)}` takes NAME=VALUE words"
        if command.takes is Takes.sweep:
            assert any(word.startswith("name=") for word in rest)
