"""Where everything lies on disk, and that no file outside that folder says so."""

import ast
from pathlib import Path

import pytest

import sweep
from sweep.workspace import CorpusFolder, EncodedFolder, TrialFolder, Workspace, lock_of

PACKAGE = Path(sweep.__file__).parent
HOME = sorted((PACKAGE / "workspace").glob("*.py"))
ENDINGS = (
    ".db", ".json", ".jsonl", ".cursor", ".log", ".ckpt", ".npz", ".parquet", ".csv", ".pt", ".yaml"
)  # fmt: skip
IN_MLFLOW = {"config.json", "settings.json", "summary.json"}
"""What an artifact of a run is called there; `tracking/projection.py` names it."""


@pytest.mark.parametrize(
    ("path", "written"),
    [
        (Workspace(Path("runs")).optuna, "runs/optuna.db"),
        (Workspace(Path("runs")).mlflow, "runs/mlflow.db"),
        (Workspace(Path("runs")).artifacts, "runs/mlartifacts"),
        (Workspace(Path("runs")).sweep("sms").summary, "runs/sms/summary.json"),
        (Workspace(Path("runs")).sweep("sms").page, "runs/sms/report/report.html"),
        (Workspace(Path("runs")).sweep("sms").trials_table, "runs/sms/report/trials.csv"),
        (
            Workspace(Path("runs")).sweep("sms").trial("gru-3").checkpoint,
            "runs/sms/trials/gru-3/best.ckpt",
        ),
        (CorpusFolder(Path("c")).encoded("f").array("test", "ids"), "c/f/test.ids.npy"),
        (CorpusFolder(Path("c")).distances(3), "c/distances-3.npy"),
        (EncodedFolder(Path("e")).encoder, "e/encoder"),
        (TrialFolder(Path("t")).history, "t/history.jsonl"),
        (TrialFolder(Path("t")).probe, "t/probe.json"),
        (lock_of(Path("a/b.npy")), "a/b.npy.lock"),
    ],
    ids=lambda case: case if isinstance(case, str) else "",
)
def test_where_it_lies(path: Path, written: str) -> None:
    assert path == Path(written)


def texts(file: Path) -> list[str]:
    """The string constants of a file but its docstrings."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told
    ]


NAMES = {
    Path(text).name
    for file in HOME
    for text in texts(file)
    if text.endswith(ENDINGS) and text not in ENDINGS
} | {"mlartifacts"}


def test_the_names_are_found() -> None:
    assert {"optuna.db", "best.ckpt", "decision.json", "tracking.log", "outbox.jsonl"} <= NAMES


@pytest.mark.parametrize(
    "file",
    [file for file in sorted(PACKAGE.rglob("*.py")) if file not in HOME],
    ids=lambda file: str(file.relative_to(PACKAGE)),
)
def test_no_other_file_spells_a_name(file: Path) -> None:
    allowed = IN_MLFLOW if file.name == "projection.py" else set()
    spelt = {Path(text).name for text in texts(file) if "\n" not in text and len(text) < 200}
    assert spelt & (NAMES - allowed) == set()
