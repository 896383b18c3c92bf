import dataclasses

import pytest

from support.typed_commands import compose_typed, words_of
from sweep.__main__ import main
from sweep.commands import COMMANDS, Takes
from sweep.commands.help import help_text
from sweep.commands.predict import PredictConfig
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


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_tells_its_own_settings(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--help"]) == 0
    told = capsys.readouterr().out
    assert f"python -m sweep {name}" in told
    for setting in COMMANDS[name].settings:
        assert f"{setting.name}=" in told
        assert setting.about in told
    if COMMANDS[name].takes is Takes.sweep:
        assert "  name= " in told
        assert "  workdir= " in told
    assert "Groups" not in told


def test_predict_tells_what_it_takes(capsys: pytest.CaptureFixture[str]) -> None:
    main(["predict", "--help"])
    told = capsys.readouterr().out
    assert [f.name for f in dataclasses.fields(PredictConfig) if f.name not in told] == []
