"""SECURITY.md: the tests that it names are there, and the floors are those of pyproject.toml."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))
FLOORS = re.findall(r"^\| ([\w-]+) \| ([\d.]+) \|", PAGE, re.MULTILINE)


@pytest.mark.parametrize(("file", "name"), NAMED, ids=[name for _, name in NAMED])
def test_a_promise_has_its_test(file: str, name: str) -> None:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    assert name in {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}


def test_every_promise_names_a_test() -> None:
    table = PAGE.partition("## Promises")[2].partition("## Floors")[0]
    rows = [row for row in table.splitlines() if row.startswith("| ")][1:]
    assert len(rows) > 8
    assert [row for row in rows if "::" not in row] == []


@pytest.mark.parametrize(("package", "floor"), FLOORS, ids=[package for package, _ in FLOORS])
def test_a_floor_is_the_one_that_is_installed_by(package: str, floor: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert f"{package}>={floor}" in project["dependencies"]
