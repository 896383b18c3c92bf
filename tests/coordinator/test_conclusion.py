"""The end of a search: scores on the test part are computed once for a winner, then taken over."""

import importlib
from pathlib import Path
from typing import Any

import pytest

from sweep.config import Config, SearchConfig
from sweep.coordinator.conclusion import conclude

BEST = {"arm": "gru", "number": 2, "settings": {"model.cell": "gru"}}
BEST |= {"sha256": "00ff", "decision_sha256": "ff00"}
BASELINES = {"majority": {"test": {"mcc": 0.0}}}
KNOWN = {"best": BEST | {"test": {"mcc": 0.5}}, "baselines": BASELINES}
COMPUTED = ({"mcc": 0.75}, {"tfidf_logreg": {"test": {"mcc": 0.25}}})


class Asked:
    """An executor that keeps what it is asked to compute and answers at once."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []

    def compute(self, calls: list[tuple[Any, ...]]) -> list[Any]:
        self.calls += calls
        return list(COMPUTED)


def concluded(earlier: dict[str, Any]) -> tuple[dict[str, Any], Asked]:
    config = Config(workdir="runs", seed=7, search=SearchConfig(name="tried"))
    found: dict[str, Any] = {"best": dict(BEST), "test_reads": 1}
    asked = Asked()
    conclude(found, earlier, asked, config, Path("corpus"))  # type: ignore[arg-type]
    return found, asked


def test_what_is_known_of_the_same_winner_is_taken_over() -> None:
    found, asked = concluded(KNOWN)
    assert asked.calls == []
    assert found["best"]["test"] == {"mcc": 0.5}
    assert found["baselines"] == BASELINES
    assert found["test_reads"] == 1


EARLIER: dict[str, dict[str, Any]] = {
    "nothing": {},
    "another winner": KNOWN | {"best": KNOWN["best"] | {"sha256": "11ee"}},
    "no scores": KNOWN | {"best": BEST},
    "no baselines": {"best": KNOWN["best"]},
}


@pytest.mark.parametrize("earlier", EARLIER.values(), ids=EARLIER)
def test_otherwise_both_are_computed(earlier: dict[str, Any]) -> None:
    found, asked = concluded(earlier)
    assert (found["best"]["test"], found["baselines"]) == COMPUTED
    assert found["test_reads"] == 2
    (winner, config, corpus, trial, *digests), (baselines, objective, _, seed) = asked.calls
    assert config.model.cell == "gru", "the winner's settings, not the sweep's"
    assert (corpus, digests, seed) == (Path("corpus"), ["00ff", "ff00"], 7)
    assert trial == Path("runs/tried/trials/gru-2")
    assert objective == config.objective
    for name in (winner, baselines):
        module, _, function = name.partition(":")
        assert callable(getattr(importlib.import_module(module), function))
