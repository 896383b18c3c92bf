"""The command `serve`: its words, its help, and what it refuses before anything loads."""

import shlex
import socket

import pytest

from sweep.__main__ import main
from sweep.commands.serve import curl


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], ["`model=` must be given"]),
        (["model=m", "port=70000"], ["from 1 to 65535, but got '70000'"]),
        (["model=m", "port=" + "9" * 5000], ["from 1 to 65535"]),
        (["model=nowhere"], ["nowhere is no exported model"]),
        (["model=nowhere", "--plugin", "my.py"], ["--plugin my.py: the file cannot be read"]),
        (["model=nowhere", "--plugin"], ["--plugin"]),
        (["model=nowhere", "host=0.0.0.0"], ["`host` is no setting"]),
    ],
)
def test_what_is_refused(
    words: list[str], told: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", *words]) == 2
    shown = capsys.readouterr().err
    assert [part for part in told if part not in shown] == []


def test_a_port_in_use_is_told_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        assert main(["serve", "model=nowhere", f"port={other.getsockname()[1]}"]) == 2
    assert "give the same command another port: port=" in capsys.readouterr().err


def test_help_shows_its_settings_and_a_command_that_asks(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["serve", "--help"]) == 0
    shown = capsys.readouterr().out
    assert "port=" in shown
    assert shlex.split(curl(8000))[1] == "127.0.0.1:8000/predict"
