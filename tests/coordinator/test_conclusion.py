"""The end of a search: scores on the test part are computed once for a winner, then taken over."""

import importlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from support import confirmations
from sweep.config import Config, SearchConfig
from sweep.coordinator.conclusion import conclude, conclude_bag
from sweep.records import BagScores

BEST = {"arm": "gru", "number": 2, "settings": {"model.cell": "gru"}}
BEST |= {"sha256": "00ff", "decision_sha256": "ff00"}
BASELINES = {"majority": {"test": {"mcc": 0.0}}}
INTERVALS = {"test": {"mcc": [0.4, 0.6]}}
KNOWN = {"best": BEST | {"test": {"mcc": 0.5}, "intervals": INTERVALS}, "baselines": BASELINES}
JUDGED = {"test": {"mcc": 0.75}, "intervals": {"test": {"mcc": [0.6, 0.8]}}, "reliability": {}}
COMPUTED = (JUDGED, {"tfidf_logreg": {"test": {"mcc": 0.25}}})


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
    assert found["best"]["intervals"] == INTERVALS
    assert "reliability" not in found["best"], "an early version told none"
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
    assert (found["best"], found["baselines"]) == (BEST | JUDGED, COMPUTED[1])
    assert found["test_reads"] == 2
    (winner, config, corpus, trial, *digests), (baselines, objective, _, seed) = asked.calls
    assert config.model.cell == "gru", "the winner's settings, not the sweep's"
    assert (corpus, digests, seed) == (Path("corpus"), ["00ff", "ff00"], 7)
    assert trial == Path("runs/tried/trials/gru-2")
    assert objective == config.objective
    for name in (winner, baselines):
        module, _, function = name.partition(":")
        assert callable(getattr(importlib.import_module(module), function))


LABELS = np.array([0, 1] * 60)
ANSWERS = np.where(LABELS, 0.9, 0.1) + np.linspace(-0.05, 0.05, 120)
BAG = BagScores(
    decision={"threshold": 0.5},
    threshold_interval=(0.4, 0.6),
    validation={"mcc": 1.0},
    test={"mcc": 0.75},
    alone=[{"mcc": 0.5}] * 4,
    intervals={"test": {"mcc": [0.7, 0.8]}},
    alone_intervals=[{"mcc": [0.4, 0.6]}] * 4,
    reliability={"bins": []},
    labels=LABELS,
    answers=ANSWERS,
)
BY_FOLD = ({"tfidf_logreg": {"test": {"mcc": 0.25}}}, ANSWERS[::-1].copy(), 0.5)


class Bagged(Asked):
    """The same for a bag."""

    def compute(self, calls: list[tuple[Any, ...]]) -> list[Any]:
        self.calls += calls
        return [BAG, BY_FOLD]


@pytest.fixture
def outcome(tmp_path: Path) -> Any:
    return confirmations.confirm(tmp_path, workers=3)[1]


def bagged(outcome: Any, reads: int = 0) -> tuple[dict[str, Any], Asked]:
    found = confirmations.told(outcome) | {"test_reads": reads}
    asked = Bagged()
    conclude_bag(found, asked, outcome)  # type: ignore[arg-type]
    return found, asked


def test_a_bag_is_scored_once_beside_the_baselines_on_its_folds(outcome: Any) -> None:
    found, asked = bagged(outcome)
    (bag, config, members, _), (baselines, objective, corpora, seed) = asked.calls
    assert config.model.hidden == 48, "the winner's settings"
    assert members == outcome.bag(outcome.winner)
    assert (corpora, seed) == (outcome.folds.corpora, outcome.config.seed)
    assert objective == outcome.config.objective
    for name in (bag, baselines):
        module, _, function = name.partition(":")
        assert callable(getattr(importlib.import_module(module), function))
    best = found["best"]
    assert (best["test"], best["validation"]) == (BAG.test, BAG.validation)
    assert (best["threshold"], best["threshold_interval"]) == (0.5, [0.4, 0.6])
    assert (best["intervals"], best["reliability"]) == (BAG.intervals, BAG.reliability)
    assert best["alone_intervals"] == BAG.alone_intervals
    assert found["baselines"] == BY_FOLD[0]
    kept = np.load(outcome.folder.finalist(outcome.winner.name).answers)
    for name, answers in (("labels", LABELS), ("network", ANSWERS), ("baseline", BY_FOLD[1])):
        assert np.array_equal(kept[name], answers), name
    gate = found["gate"]
    assert (gate["better_than"], gate["decision"]) == ("tfidf_logreg", "better")
    assert (gate["metric"], gate["network"]) == ("average_precision", 1.0)
    assert found["test_reads"] == 1
    # A command that ended before it wrote its summary has read the test part all the same.
    again, asked = bagged(outcome)
    assert (again, asked.calls) == (found, [])
    third, asked = bagged(outcome, reads=1)
    assert (third, asked.calls) == (found, [])

    file = outcome.folder.finalist("lstm-0").decision
    file.write_bytes(file.read_bytes() + b" ")
    assert len(bagged(outcome, reads=1)[1].calls) == 2, "its decision was changed"
    assert bagged(outcome, reads=1)[0]["test_reads"] == 2
    scores = outcome.folder.finalist("lstm-0").scores
    told = json.loads(scores.read_text(encoding="utf-8"))
    told["members"][2]["sha256"] = "another"
    scores.write_text(json.dumps(told), encoding="utf-8")
    assert len(bagged(outcome, reads=2)[1].calls) == 2, "it is of another bag"
