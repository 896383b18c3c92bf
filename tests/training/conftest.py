"""The small corpus, and one trial on it to compare others with."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from support.tiny_trials import MIXED, train
from sweep.records import Status, TrialResult

if TYPE_CHECKING:
    from conftest import SmallCorpus


@pytest.fixture(scope="session")
def corpus(small_corpus: "SmallCorpus") -> Path:
    return small_corpus.folder


@pytest.fixture(scope="session")
def once(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[TrialResult, Path]:
    """Tests read its folder only."""
    folder = tmp_path_factory.mktemp("once")
    result = train(corpus, folder, **MIXED)
    assert result.status is Status.COMPLETE, result
    return result, folder
