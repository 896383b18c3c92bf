"""The commands in the README are ones that the program takes."""

import re
import shlex
from pathlib import Path

import pytest

from support.typed_commands import compose_typed, words_of

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
