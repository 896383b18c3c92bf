"""The experiments stand outside the package: what they name in it must be there."""

import ast
import importlib
from pathlib import Path

import pytest

EXPERIMENTS = Path(__file__).parents[1] / "experiments"


@pytest.mark.parametrize(
    "file", sorted(EXPERIMENTS.rglob("*.py")), ids=lambda file: str(file.relative_to(EXPERIMENTS))
)
def test_what_it_imports_from_the_package_is_there(file: Path) -> None:
    """Also inside functions, which run only in the experiment itself."""
    lacking = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "sweep":
            for name in (alias.name for alias in node.names):
                module = importlib.import_module(str(node.module))
                if not hasattr(module, name):
                    try:
                        importlib.import_module(f"{node.module}.{name}")
                    except ModuleNotFoundError:
                        lacking.append(f"line {node.lineno}: {node.module}.{name}")
    assert lacking == []
