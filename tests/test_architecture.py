"""The shape of the program: who imports whom (import-linter, by the contracts in pyproject.toml), sizes, words."""

import ast
import re
import shutil
import subprocess
import sysconfig
import tomllib
from functools import cache
from pathlib import Path

import pytest

from support.child_environment import child_environment

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "sweep"
SETTINGS = ROOT / "pyproject.toml"
TOOLS = tomllib.loads(SETTINGS.read_text(encoding="utf-8"))["tool"]
CONTRACTS = {contract["name"]: contract for contract in TOOLS["importlinter"]["contracts"]}

MODULES = {
    ".".join(file.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__"): file
    for file in sorted(PACKAGE.rglob("*.py"))
    if file != PACKAGE / "__init__.py"
}
FILES = [
    *MODULES.values(),
    *sorted((ROOT / "tests").rglob("*.py")),
    *sorted((ROOT / "experiments").rglob("*.py")),
]


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def lint_imports(source: Path) -> str:
    """What import-linter prints about the package in a folder."""
    command = Path(sysconfig.get_path("scripts"), "lint-imports")
    done = subprocess.run(
        [command, "--no-cache", "--no-logo", f"--config={SETTINGS}"],
        cwd=source,
        env=child_environment(PYTHONPATH=str(source), COLUMNS="200"),
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.stdout + done.stderr


def test_every_import_keeps_the_contracts() -> None:
    output = lint_imports(PACKAGE.parent)
    assert f"Contracts: {len(CONTRACTS)} kept, 0 broken." in output, output


PLANTED = {
    "Imports go to lower floors": ("seeds", "from sweep.records import TrialKey"),
    "No circle": ("text/scripts", "def late():\n    from sweep.text.encoder import Encoder"),
    "Workers reach no search and no tracking": (
        "coordinator/final_scores",
        "from sweep.coordinator import search_loop",
    ),
    "Who imports config": (
        "network/gru",
        "if TYPE_CHECKING:\n    from sweep.config import Config",
    ),
    "Who imports workspace": ("scoring/metrics", "from sweep.workspace import TrialFolder"),
    "Who imports plugins": ("report/table", "from sweep.plugins import load"),
    "Who imports network": ("scoring/metrics", "from sweep.network.batches import batches"),
    "Who imports storage": ("report/table", "from sweep.storage import place"),
    "Who imports data": ("resampling/distances", "from sweep.data import corpus"),
    "Who imports scoring": ("search/space", "import sweep.scoring.metrics"),
    "Who imports text": ("search/space", "def late():\n    import sweep.text.words"),
    "Who imports compose": ("search/space", "from sweep.compose import catalogue"),
    "Who imports resampling": ("export/model_card", "from sweep.resampling import distances"),
    "Who imports statistics": ("training/loss", "from sweep.statistics import paired"),
    "Who imports diagnosis": ("executors/worker", "from sweep.diagnosis import table"),
    "Diagnosis reads no settings and no files": (
        "diagnosis/table",
        "def late():\n    from sweep.files import write_json",
    ),
    "Who imports search": ("export/model_card", "from sweep.search.study import ArmStudy"),
    "Who imports tracking": ("report/table", "from sweep.tracking.outbox import Outbox"),
    "Who imports preflight": ("report/table", "from sweep.preflight import rates"),
    "Who imports audit": ("report/table", "from sweep.audit import rows"),
    "Who imports training": ("report/table", "from sweep.training.loss import *"),
    "Who imports export": ("report/table", "from sweep.export import bundle"),
    "Who imports executors": ("__main__", "from sweep.executors import local"),
    "Who imports confirmation": ("__main__", "from sweep.confirmation import finalists"),
    "Who imports page": ("__main__", "from sweep.page import blocks"),
    "Who imports report": ("__main__", "from sweep.report import table"),
    "Who imports serving": ("__main__", "from sweep.serving import pieces"),
    "Who imports testing": ("__main__", "from sweep.testing import check"),
    "Who imports coordinator": ("__main__", "from sweep.coordinator import search_loop"),
    "Who imports api": ("__main__", "from sweep.api import run"),
    "Who imports optuna and sqlalchemy": (
        "coordinator/search_loop",
        "from optuna.trial import TrialState",
    ),
    "Who imports mlflow": ("coordinator/search_loop", "def late():\n    import mlflow.entities"),
    "Who imports pytorch_lightning": ("executors/preload", "import pytorch_lightning as pl"),
    "Who imports hydra": ("commands/ui", "from hydra.core import utils"),
    "Who imports omegaconf": ("search/space", "from omegaconf import DictConfig"),
    "Who imports imblearn": ("training/trial", "import imblearn"),
    "Who imports tokenizers and word lists": ("data/labels", "def late():\n    import ftfy"),
    "Who imports charset_normalizer": ("text/clean", "import charset_normalizer"),
    "Who imports pyarrow": ("export/write", "import pyarrow.parquet"),
    "Who imports pandas": ("data/read", "def late():\n    import pandas as pd"),
    "Who imports psutil": ("training/trial", "import psutil"),
    "Who imports starlette and uvicorn": ("commands/ui", "def late():\n    import uvicorn"),
    "Who imports jinja2 and plotly": ("report/table", "def late():\n    import jinja2"),
    "Who imports rich": ("search/space", "from rich.console import Console"),
}
"""For each contract a file and an import that is wrong there and breaks no other contract."""


@pytest.mark.parametrize("contract", PLANTED)
def test_a_planted_import_breaks_its_contract_and_no_other(contract: str, tmp_path: Path) -> None:
    shutil.copytree(PACKAGE, tmp_path / "sweep", ignore=shutil.ignore_patterns("__pycache__"))
    name, planted = PLANTED[contract]
    file = tmp_path / "sweep" / f"{name}.py"
    file.write_text(f"{file.read_text(encoding='utf-8')}\n{planted}\n", encoding="utf-8")
    output = lint_imports(tmp_path)
    assert [name for name in CONTRACTS if f"{name} BROKEN" in output] == [contract], output


def test_every_contract_has_a_planted_import_and_every_folder_a_contract() -> None:
    assert set(PLANTED) == set(CONTRACTS)
    protected = {name for c in CONTRACTS.values() for name in c.get("protected_modules", [])}
    folders = {f"sweep.{file.parent.name}" for file in PACKAGE.glob("*/__init__.py")}
    # commands stands highest: the floors close it to all but __main__.
    assert folders - protected == {"sweep.commands"}


def test_what_a_worker_loads_by_name_is_in_the_contract_of_workers() -> None:
    strings = {
        node.value.partition(":")[0]
        for file in MODULES.values()
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if re.fullmatch(r"sweep(\.\w+)+(:\w+)?", node.value)
    }
    loaded = {name for name in strings if name.removeprefix("sweep.") in MODULES}
    loaded.remove("sweep.tracking.shipper")  # a process of its own, no worker
    loaded.discard("sweep.plugins")  # the group of entry points has the same name
    workers = CONTRACTS["Workers reach no search and no tracking"]["source_modules"]
    inside = {name for name in loaded for worker in workers if f"{name}.".startswith(f"{worker}.")}
    assert loaded == inside


HOLDS = {PACKAGE: (1, 9)} | {
    file.parent: (3, 14) for file in sorted(PACKAGE.glob("*/__init__.py"))
}
HOLDS[PACKAGE / "config"] = (3, 17)  # it mirrors conf/, a file a group
"""The least and the most files of a folder; its __init__ counts at the top only, where it holds the version."""


@pytest.mark.parametrize("folder", HOLDS, ids=lambda f: f.name)
def test_a_folder_holds_neither_too_little_nor_too_much(folder: Path) -> None:
    files = [f.name for f in folder.glob("*.py") if folder == PACKAGE or f.stem != "__init__"]
    least, most = HOLDS[folder]
    assert least <= len(files) <= most, files


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(ROOT)))
def test_a_file_and_its_functions_stay_small(file: Path) -> None:
    assert file.name not in ("utils.py", "helpers.py", "misc.py", "common.py")
    if file.is_relative_to(PACKAGE):
        lines = len(file.read_text(encoding="utf-8").splitlines())
        assert lines <= 300
    functions = [
        n for n in ast.walk(tree(file)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    long = {f.name: size for f in functions if (size := (f.end_lineno or 0) - f.lineno + 1) > 60}
    assert long == {}


FORBIDDEN = {
    "a path of one machine": r"(?<![\w.])/(?:work|opt|root)/",
    "a package registry": r"(?i)\b(?:pypi\.org|pythonhosted\.org|artifactory|index-url)\b",
    "words about who wrote it": r"(?i)\b(?:sub-?agents?|co-authored-by|anthropic|chatgpt|claude)\b",
    "unfinished work": r"\b(?:TODO|FIXME|XXX|HACK)\b",
}


@pytest.mark.parametrize("pattern", FORBIDDEN.values(), ids=FORBIDDEN)
def test_no_file_holds_what_belongs_nowhere(pattern: str) -> None:
    folders = ("src", "tests", "conf", "docs", "experiments", ".ci")
    files = [
        f
        for folder in folders
        for f in (ROOT / folder).rglob("*")
        if f.suffix in ("", ".py", ".yaml", ".md")
    ]
    files += [
        f for f in ROOT.iterdir() if f.suffix in (".md", ".toml", ".txt") or f.name == "Makefile"
    ]
    found = [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()}"
        for file in files
        if file.is_file() and file != Path(__file__) and "cache" not in str(file)
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(pattern, line)
    ]
    assert found == []


@pytest.mark.parametrize("module", MODULES)
def test_no_exception_is_swallowed_in_silence(module: str) -> None:
    handlers = [n for n in ast.walk(tree(MODULES[module])) if isinstance(n, ast.ExceptHandler)]
    bare = [h.lineno for h in handlers if h.type is None]
    silent = [
        h.lineno
        for h in handlers
        if isinstance(h.type, ast.Name) and h.type.id in ("Exception", "BaseException")
        if all(isinstance(node, ast.Pass | ast.Continue) for node in h.body)
    ]
    assert (bare, silent) == ([], [])
