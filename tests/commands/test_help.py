import pytest

from support.typed_commands import compose_typed, words_of
from sweep.commands import COMMANDS
from sweep.commands.help import help_text
from sweep.compose.catalogue import Catalogue

TEXT = help_text(Catalogue())


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_told(command: str) -> None:
    assert f"python -m sweep {command}" in TEXT


@pytest.mark.parametrize("group", Catalogue().groups())
def test_every_file_is_told(group: str) -> None:
    assert [option for option in Catalogue().options(group) if option not in TEXT] == []


@pytest.mark.parametrize("line", TEXT.partition("Examples\n")[2].partition("\n\n")[0].splitlines())
def test_every_example_composes(line: str) -> None:
    words = words_of(line)
    assert words
    compose_typed(words)
