"""The shape of the program, read from its source: layers, doors, sizes, words."""

import ast
import re
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "sweep"

LAYERS = (
    "errors records config files seeds redaction",
    "data network",
    "text",
    "scoring resampling search tracking",
    "training",
    "export executors report",
    "coordinator",
    "compose commands __main__",
)
"""A module or folder of modules a word; each imports from its own layer and those above it in this list."""

DOORS = {
    "hydra": "compose",
    "omegaconf": "config compose commands",
    "optuna": "search",
    "sqlalchemy": "search",
    "mlflow": "tracking export",
    "pytorch_lightning": "training executors",
    "imblearn": "resampling",
    "tokenizers": "text",
    "ftfy": "text",
    "simplemma": "text",
    "snowballstemmer": "text",
    "stopwordsiso": "text",
    "charset_normalizer": "data",
    "pyarrow": "data text",
    "pandas": "data export",
    "psutil": "executors",
    "rich": "report commands",
}
"""Which modules may import a library; one that is not named here may stand in any."""

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


def part(module: str) -> str:
    return module.partition(".")[0]


def layer(module: str) -> int:
    return next(number for number, words in enumerate(LAYERS) if part(module) in words.split())


def imported(module: str, whole: bool = True) -> set[str]:
    """Dotted names that a module imports; with `whole`, also those imported inside functions or for types only."""
    names: set[str] = set()
    for node in ast.walk(tree(MODULES[module])) if whole else tree(MODULES[module]).body:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def ours(module: str, whole: bool = True) -> set[str]:
    inside = {
        name.removeprefix("sweep.")
        for name in imported(module, whole)
        if name.startswith("sweep.")
    }
    return {name for name in inside if name in MODULES} - {module}


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_nothing_from_a_higher_layer(module: str) -> None:
    known = [word for words in LAYERS for word in words.split()]
    assert part(module) in known, f"give `{part(module)}` its place in LAYERS"
    assert [
        name
        for name in sorted(ours(module))
        if part(name) in known and layer(name) > layer(module)
    ] == []


def test_imports_run_in_no_circle() -> None:
    graph = {module: ours(module, whole=False) for module in MODULES}
    for module, names in graph.items():
        # A folder's __init__ gathers what its modules offer; those may import each other, not the gathering.
        graph[module] = {name for name in names if not module.startswith(f"{name}.")}
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the circle


@pytest.mark.parametrize("module", [m for m in MODULES if part(m) in ("network", "data", "text")])
def test_a_brick_knows_no_config_class_and_no_framework(module: str) -> None:
    names = imported(module)
    assert [name for name in sorted(names) if re.match(r"sweep\.config\b.*Config$", name)] == []
    assert {part(name) for name in names} & {
        "optuna",
        "mlflow",
        "pytorch_lightning",
        "hydra",
        "omegaconf",
    } == set()


@pytest.mark.parametrize("library", DOORS)
def test_a_library_comes_in_by_its_door(library: str) -> None:
    users = {
        part(module) for module in MODULES if library in {part(name) for name in imported(module)}
    }
    assert users <= set(DOORS[library].split())


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
