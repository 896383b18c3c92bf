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
    DataConfig,
    ExecutorConfig,
    LossConfig,
    ModelConfig,
    ObjectiveConfig,
    OptimizerConfig,
    ResamplingConfig,
    SearchConfig,
    SplitConfig,
    TextConfig,
    TrainerConfig,
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


@pytest.mark.parametrize(
    ("kind", "values", "told"),
    [
        (DataConfig, {"path": "a", "train": "b"}, ["data.path=a and data.train=b"]),
        (DataConfig, {"path": "a", "test": "b"}, ["data.test=b", "`data.train`"]),
        (DataConfig, {"train": "a", "split": "b"}, ["data.split"]),
        (DataConfig, {"delimiter": "::"}, ["one character", "'::'"]),
        (SplitConfig, {"test": 0.0}, ["split.test=0.0"]),
        (SplitConfig, {"validation": 0.5, "test": 0.5}, ["validation + test < 1"]),
        (TextConfig, {"vocabulary_size": 2}, ["at least 3", "got 2"]),
        (TextConfig, {"min_frequency": 0}, ["at least 1", "got 0"]),
        (TextConfig, {"max_length": 1.5}, ["max_length", "1.5"]),
        (ResamplingConfig, {"ratio": 0.0}, ["(0, 1]", "got 0"]),
        (ResamplingConfig, {"k_neighbors": 0}, ["k_neighbors", "got 0"]),
        (ModelConfig, {"hidden": 0}, ["model.hidden", "got 0"]),
        (ModelConfig, {"dropout": 1.0}, ["[0, 1)", "got 1"]),
        (ModelConfig, {"vectors": ""}, ["model.vectors"]),
        (ModelConfig, {"vectors_coverage": 1.5}, ["model.vectors_coverage"]),
        (OptimizerConfig, {"learning_rate": 0.0}, ["above 0", "got 0"]),
        (OptimizerConfig, {"learning_rate": float("nan")}, ["above 0", "got nan"]),
        (OptimizerConfig, {"momentum": 1.0}, ["[0, 1)"]),
        (OptimizerConfig, {"clip_norm": -1.0}, ["not be negative", "-1"]),
        (LossConfig, {"label_smoothing": 1.0}, ["[0, 1)"]),
        (LossConfig, {"positive_weight": "heavy"}, ["balanced", "heavy"]),
        (TrainerConfig, {"batch_size": 0}, ["batch_size", "got 0"]),
        (TrainerConfig, {"accelerator": "abacus"}, ["auto, cpu, gpu", "'abacus'"]),
        (ObjectiveConfig, {"target": 0.0}, ["(0, 1]"]),
        (ObjectiveConfig, {"cost_miss": 0.0}, ["above 0"]),
        (ExecutorConfig, {"workers": "all"}, ["`auto`", "'all'"]),
        (ExecutorConfig, {"workers": 0}, ["at least 1", "0"]),
        (ExecutorConfig, {"timeout": 0.0}, ["above 0"]),
        (SearchConfig, {"name": "x", "trials": 0}, ["at least 1", "got 0"]),
    ],
    ids=lambda case: str(case) if isinstance(case, dict) else "",
)
def test_a_broken_rule_is_told_with_its_value(
    kind: type[Any], values: dict[str, Any], told: list[str]
) -> None:
    with pytest.raises(UserError) as info:
        kind(**values)
    (mistake,) = info.value.mistakes
    assert [part for part in told if part not in mistake] == []


def test_several_broken_rules_are_told_together() -> None:
    with pytest.raises(UserError) as info:
        ModelConfig(hidden=0, layers=0, dropout=1.0)
    assert len(info.value.mistakes) == 3


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
