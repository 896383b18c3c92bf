"""An exported model to look at, and a copy to change."""

import shutil
from pathlib import Path

import pytest

from support.exported_model import write
from support.trained_sweep import Trained, trained


@pytest.fixture(scope="session")
def made() -> Trained:
    return trained()


@pytest.fixture(scope="session")
def model(made: Trained, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tests read it only."""
    return write(made, tmp_path_factory.mktemp("out") / "best-model")


@pytest.fixture
def copy(model: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(model, tmp_path / "best-model"))
