"""The commands in the README are ones that the program takes."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from support.child_environment import child_environment
from support.typed_commands import compose_typed, words_of
from sweep.commands import SWEEP
from sweep.compose.compose import typed
from sweep.compose.flags import read_flags
from sweep.config.settings import settings, value_of
from sweep.search.space import Space, apply

ROOT = Path(__file__).parents[1]
FORM = re.compile(r"\bNAME\b|\bSETTING\b|\.\.\.|…|\[")
"""What only a form of a command holds, `+search=NAME [SETTING=VALUE ...]`; such text is no command to try."""


def lines() -> list[str]:
    text = (ROOT / "README.md").read_text(encoding="utf-8").replace("\\\n", " ")
    blocks = re.findall(
        r"^```(?:sh|bash|shell|console)\n(.*?)^```", text, re.MULTILINE | re.DOTALL
    )
    blocks += re.findall(r"(?:^(?: {4}|\t).*\n)+", text, re.MULTILINE)
    spans = [s for s in re.findall(r"`([^`\n]+)`", text) if not FORM.search(s)]
    typed = [line.strip().removeprefix("$ ") for block in blocks for line in block.splitlines()]
    return list(dict.fromkeys(typed + [span for span in spans if " " in span]))


def program_lines() -> list[str]:
    return [line for line in lines() if words_of(line) is not None]


def make_lines() -> list[str]:
    return [line for line in lines() if line.startswith("make ")]


@pytest.mark.parametrize("line", program_lines())
def test_a_command_of_the_readme_composes(line: str) -> None:
    compose_typed(words_of(line) or [])


def sweep_lines() -> list[str]:
    words = {line: words_of(line) or [] for line in program_lines()}
    return [line for line, given in words.items() if given and given[0].startswith("+search=")]


@pytest.mark.parametrize("line", sweep_lines())
def test_a_sweep_of_the_readme_does_what_it_says(line: str) -> None:
    """The first trial of each arm has every setting that the line gives, and every trial what it fixes."""
    flags = read_flags(words_of(line) or [])
    config = SWEEP.found(flags)
    space = Space.of(config)
    for arm in space.arms:
        first = apply(config, space.defaults(arm, config))
        given = {path for path in typed(flags) & set(settings()) if path != space.compare}
        assert {p: value_of(first, p) for p in given} == {p: value_of(config, p) for p in given}
    assert not {p.path for p in space.parameters} & set(config.search.fix)


def test_the_readme_has_examples_of_both() -> None:
    assert any("search.fix=" in line for line in sweep_lines())
    assert any("search.space." in line for line in sweep_lines())


@pytest.mark.slow
def test_the_readmes_smote_trains_with_smote(tmp_path: Path) -> None:
    """Typed as it stands there, with words behind it that make it short."""
    (line,) = [line for line in sweep_lines() if "resampling=smote" in line]
    short = [
        "search.trials=2",
        "trainer.max_epochs=1",
        f"workdir={tmp_path}",
        "executor.workers=1",
    ]
    subprocess.run(
        [sys.executable, "-m", "sweep", *(words_of(line) or []), *short],
        check=True, capture_output=True, cwd=ROOT, env=child_environment(), timeout=400,
    )  # fmt: skip
    trials = sorted((tmp_path / "lstm_vs_gru" / "trials").glob("*/settings.json"))
    methods = [json.loads(f.read_text(encoding="utf-8"))["resampling"]["method"] for f in trials]
    assert methods == ["smote"] * 4


@pytest.mark.parametrize("line", make_lines())
def test_a_make_target_of_the_readme_exists(line: str) -> None:
    targets = re.findall(
        r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE
    )
    target, *rest = shlex.split(line, comments=True)[1:]
    assert target in targets
    for word in rest:
        if target == "sweep" and word.startswith("ARGS="):
            compose_typed(["+search=lstm_vs_gru", *shlex.split(word.removeprefix("ARGS="))])
