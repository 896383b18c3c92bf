"""Jobs on the small corpus, with networks that have one fault each at hand."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from support.ill_networks import write_ill_networks
from support.plugins import forget
from support.tiny_trials import make_job
from sweep.plugins.load import load_files
from sweep.preflight.flight import Flight
from sweep.records import TrialJob
from sweep.training.trial import Trial

if TYPE_CHECKING:
    from conftest import SmallCorpus

SIZES = {"model__embedding": 16, "model__hidden": 16}


@pytest.fixture(scope="module", autouse=True)
def _ill_networks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    load_files([write_ill_networks(tmp_path_factory.mktemp("plugin"))])
    yield
    forget()


@pytest.fixture
def job(small_corpus: "SmallCorpus", tmp_path: Path) -> Callable[..., TrialJob]:
    def make(**changes: Any) -> TrialJob:
        return make_job(small_corpus.folder, tmp_path / "nothing", **{**SIZES, **changes})

    return make


@pytest.fixture
def flight(job: Callable[..., TrialJob]) -> Callable[..., Flight]:
    def make(**changes: Any) -> Flight:
        return Flight(Trial(job(**changes), lambda _: False), seed=0)

    return make
