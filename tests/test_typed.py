"""Commands as the person would type them."""

import shlex
import sys
from pathlib import Path
from typing import Any

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser
from omegaconf import OmegaConf

from sweep.compose.begun import begun
from sweep.compose.compose import as_yaml, compose
from sweep.compose.flags import read_flags
from sweep.typed import on_sweep, program, spelled, typed, unspelled
from sweep.workspace import Workspace


@pytest.mark.parametrize(
    ("started", "told"),
    [
        (["python", "-m", "sweep", "export"], "python -m sweep"),
        ([".venv/bin/python", "-P", "-m", "sweep", "-m", "x"], ".venv/bin/python -m sweep"),
        (["/a b/python", "-m", "sweep"], "'/a b/python' -m sweep"),
        (["python", "-m", "pytest", "sweep"], "python -m sweep"),
        (["python", "notebook.py"], "python -m sweep"),
    ],
)
def test_the_program_is_named_as_it_was_started(
    started: list[str], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "orig_argv", started)
    monkeypatch.setattr(sys, "argv", ["x.py"])
    assert program() == told


@pytest.mark.parametrize("on_path", [True, False])
def test_the_console_script_is_named_by_itself(
    on_path: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "sweep"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path) if on_path else "")
    monkeypatch.setattr(sys, "orig_argv", ["python", str(script), "list"])
    monkeypatch.setattr(sys, "argv", [str(script), "list"])
    assert program() == ("sweep" if on_path else str(script))


NAMES = [
    *("sms", "my sweep", "it's", 'say "hi"', "null", "007", "1e3", "a=b", "a,b"),
    *("{x}", "ünï", "[1]", "a\\b", "a\\", "$x"),
]


@pytest.mark.parametrize("name", NAMES)
def test_any_name_comes_back_as_it_was(name: str, tmp_path: Path) -> None:
    workdir = tmp_path / name
    name = name.replace("\\", "")  # of a sweep's folder, not of the one above
    config = compose(read_flags(["+search=smoke"]))
    config.name = name
    folder = Workspace(workdir).sweep(name)
    folder.root.mkdir(parents=True)
    folder.config.write_text(as_yaml(config), encoding="utf-8")
    words = shlex.split(on_sweep("export", folder.root))
    assert words[:4] == ["python", "-m", "sweep", "export"]
    found = begun(read_flags(words[4:]))
    assert (found.sweep, found.workdir) == (name, str(workdir))


def test_the_default_folder_is_left_out() -> None:
    assert on_sweep("report", Path("runs/sms")) == "python -m sweep report name=sms"
    assert typed("ui") == "python -m sweep ui"


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("export", "python -m sweep export --plugin 'my net.py' --plugin b.py name=sms"),
        ("serve", "python -m sweep serve --plugin 'my net.py' --plugin b.py name=sms"),
        ("delete", "python -m sweep delete name=sms"),
    ],
)
def test_what_is_made_of_own_parts_is_told_where_they_are(
    command: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["-m", "--plugin", "my net.py", "+search=smoke", "--plugin=b.py"]
    monkeypatch.setattr(sys, "orig_argv", ["python", "-m", "sweep"])
    monkeypatch.setattr(sys, "argv", words)
    assert typed(command, name="sms") == told


ODD = [
    "",
    "a b",
    "a,b",
    "a'b",
    'a"b',
    "\\",
    "a\\'b\\",
    "${x}",
    "\\${x}",
    "[a]",
    "(b)=",
    "a#b",
    "007",
    "1e5",
    "1_000",
    "True",
    "null",
    "NaN",
    "inf",
    "-1",
    "0x1",
    ".5",
    "./a.csv",
    "/b c/d.csv",
    "ümläut",
    "~/x",
]


@pytest.mark.parametrize("text", ODD)
def test_what_is_spelled_is_read_back_by_hydra(text: str) -> None:
    values: list[str | list[str]] = [text, [text, "b"]]
    for value in values:
        override = OverridesParser.create().parse_override(f"data.positive={spelled(value)}")
        assert not override.is_sweep_override()
        tree = OmegaConf.create({"data": {}})
        OmegaConf.update(tree, "data.positive", override.value())
        container: Any = OmegaConf.to_container(tree, resolve=True)
        read = container["data"]["positive"]
        assert (list(map(str, read)) if isinstance(read, list) else str(read)) == value
    assert unspelled(spelled(text)) == text
