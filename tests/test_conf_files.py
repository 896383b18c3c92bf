"""Every file under conf/ begins with a command that uses it, and that command composes."""

from pathlib import Path

import pytest
import yaml

from support.typed_commands import compose_typed, words_of
from sweep.compose.catalogue import CONF

FILES = sorted(CONF.rglob("*.yaml"))


def command_of(file: Path) -> str:
    lines = file.read_text(encoding="utf-8").splitlines()
    first = lines[1] if lines[0].startswith("# @package") else lines[0]
    return first.removeprefix("# ") if first.startswith("# ") else ""


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(CONF)))
def test_the_first_comment_is_a_command_that_uses_the_file(file: Path) -> None:
    words = words_of(command_of(file))
    assert words, (
        f"{file} must begin with a comment that holds its command (below `# @package`, where it has one)"
    )
    if file.parent != CONF:
        assert f"{file.parent.name}={file.stem}" in [word.removeprefix("+") for word in words]
    compose_typed(words)


@pytest.mark.parametrize("file", sorted((CONF / "search").glob("*.yaml")), ids=lambda f: f.stem)
def test_a_search_is_named_like_its_file_and_asks_a_question(file: Path) -> None:
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    search = content.get("search", content)
    assert search["name"] == file.stem
    assert search["question"].endswith("?")
