"""All settings: documented, typed, checked, and light to load."""

import ast
import dataclasses
import subprocess
import sys
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

import sweep.config
from sweep.config import (
    Config,
    SearchConfig,
)
from sweep.errors import UserError

FILES = sorted(Path(sweep.config.__file__).parent.glob("*.py"))
GROUPS = [
    kind
    for kind in vars(sweep.config).values()
    if isinstance(kind, type) and dataclasses.is_dataclass(kind)
]


def classes() -> list[ast.ClassDef]:
    return [
        n
        for f in FILES
        for n in ast.walk(ast.parse(f.read_text(encoding="utf-8")))
        if isinstance(n, ast.ClassDef)
    ]


def is_text(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


@pytest.mark.parametrize("node", classes(), ids=lambda n: n.name)
def test_every_setting_has_its_docstring(node: ast.ClassDef) -> None:
    followed = zip(node.body, [*node.body[1:], ast.Pass()], strict=True)
    silent = [
        ast.unparse(a.target)
        for a, b in followed
        if isinstance(a, ast.AnnAssign) and not is_text(b)
    ]
    assert silent == []


@pytest.mark.parametrize("kind", GROUPS, ids=lambda k: k.__name__)
def test_a_misspelt_setting_cannot_be_added(kind: type[Any]) -> None:
    assert hasattr(
        kind, "__slots__"
    )  # without slots, a misspelt attribute would be kept in silence
    with pytest.raises(TypeError):
        kind(0)  # by name only


def test_every_group_stands_in_the_root() -> None:
    held = {field.type for field in dataclasses.fields(Config)}
    assert {kind for kind in GROUPS if kind is not Config} <= held


def test_the_sweep_takes_the_searchs_name_unless_it_has_its_own() -> None:
    search = SearchConfig(name="lstm_vs_gru")
    assert Config(search=search).sweep == "lstm_vs_gru"
    assert Config(search=search, name="mine").sweep == "mine"


@pytest.mark.parametrize(
    "kind",
    [
        k
        for k in vars(sweep.config).values()
        if isinstance(k, type) and issubclass(k, StrEnum) and k is not StrEnum
    ],
)
def test_a_choice_is_written_as_it_is_named(kind: type[StrEnum]) -> None:
    assert [member.name for member in kind] == [
        member.value for member in kind
    ]  # Hydra reads the names


def test_the_schema_is_light() -> None:
    program = (
        "import sys, sweep.config; print(*sorted({m.partition('.')[0] for m in sys.modules}))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert {"torch", "numpy", "hydra", "optuna", "mlflow", "pandas"} & set(
        run.stdout.split()
    ) == set()


@pytest.mark.parametrize("name", ["sms", "my sweep", "v1.2", "ünï", "a:b", "-x"])
def test_a_sweep_may_be_called_as_a_folder(name: str) -> None:
    assert Config(name=name, search=SearchConfig(name="s")).sweep == name


@pytest.mark.parametrize(
    "name", ["", "a/b", "/tmp", "..", ".hidden", "a\\b", "cache", "mlartifacts", "optuna.db"]
)
def test_other_names_are_refused(name: str) -> None:
    for given in (
        {"name": name, "search": SearchConfig(name="s")},
        {"search": SearchConfig(name=name)},
    ):
        if name or "name" not in given:
            with pytest.raises(UserError, match="a sweep is called as its folder"):
                Config(**given)
