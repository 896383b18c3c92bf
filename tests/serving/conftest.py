"""An exported model to ask; tests read it only."""

from pathlib import Path

import pytest

from support.bundles import write_trained
from support.trained_sweep import trained
from sweep.export.bundle import Bundle


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_trained(tmp_path_factory.mktemp("bundle"), trained())


@pytest.fixture(scope="session")
def bundle(model: Path) -> Bundle:
    return Bundle.load(model)
