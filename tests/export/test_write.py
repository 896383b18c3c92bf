"""Export: what stands in the folder, and what it replaces."""

import json
from pathlib import Path

import pytest

from support.exported_model import given_of, write
from support.killed_exports import rounds
from support.trained_sweep import Trained
from sweep.errors import BundleError, UserError

# MLflow 3.17 asks SQLAlchemy 2.1 for a loader strategy that it will drop.
pytestmark = pytest.mark.filterwarnings("ignore:The ``noload`` loader:DeprecationWarning")


def test_the_folder(model: Path) -> None:
    names = {"model.ckpt", "weights.pt", "settings.json", "tokenizer.json", "encoder.json"}
    names |= {"decision.json", "metrics.json", "README.md", "manifest.json", "mlflow"}
    assert {path.name for path in model.iterdir()} == names
    assert not [p for p in model.rglob("*") if p.suffix in (".pkl", ".pyc")]
    files = json.loads((model / "manifest.json").read_text())["files"]
    assert {"README.md", "model.ckpt", "mlflow/MLmodel"} <= files.keys()
    assert not list(model.parent.glob(".*"))


def test_the_checkpoint_loads_without_code(model: Path) -> None:
    import torch

    state = torch.load(model / "model.ckpt", weights_only=True)
    weights = torch.load(model / "weights.pt", weights_only=True)
    assert {f"network.{name}" for name in weights} == state["state_dict"].keys()


def test_a_changed_checkpoint_is_not_exported(made: Trained, tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="must have the SHA-256 0000"):
        write(made, tmp_path / "m", best=made.summary["best"] | {"sha256": "0000"})
    assert list(tmp_path.iterdir()) == []


def test_a_changed_decision_is_not_exported(made: Trained, tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="decision.json must have the SHA-256 0000"):
        write(made, tmp_path / "m", best=made.summary["best"] | {"decision_sha256": "0000"})
    assert list(tmp_path.iterdir()) == []


def test_a_model_is_replaced(copy: Path, made: Trained) -> None:
    (copy / "old.txt").write_text("x")
    write(made, copy)
    assert not (copy / "old.txt").exists()
    assert [path.name for path in copy.parent.iterdir()] == ["best-model"]


def test_a_model_of_another_sweep_is_not_replaced(copy: Path, made: Trained) -> None:
    before = (copy / "manifest.json").read_bytes()
    with pytest.raises(UserError, match="holds the winner all-0 of the sweep `tiny`, not of this"):
        write(made, copy, name="huge")
    assert (copy / "manifest.json").read_bytes() == before


def test_an_empty_folder_is_no_obstacle(made: Trained, tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    assert (write(made, tmp_path / "m") / "weights.pt").exists()


@pytest.mark.slow
def test_killed_at_any_moment_a_good_model_stands_and_the_same_command_ends_the_same(
    made: Trained, tmp_path: Path
) -> None:
    assert len(rounds(given_of(made, tmp_path / "m"), 5)) == 5
