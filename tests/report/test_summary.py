"""The summary: the fields that DESIGN promises, and nothing that was not measured."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from support.told_studies import Told, make_config, make_studies
from support.told_studies import result as told_result
from sweep.config import Config, Metric, SamplerName
from sweep.records import Ending, Reason, Status, Stopped
from sweep.report import summary
from sweep.search.space import Space
from sweep.search.study import ArmStudy
from sweep.statistics.expected_best import expected_best

ALWAYS = {
    "name", "search", "question", "status", "seed", "wall_s", "trials_per_hour", "trials_run", "test_reads",
    "objective",
    "threshold_for", "versions", "arms",
}  # fmt: skip
COUNTS = {"budget", "complete", "no_learning", "pruned", "failed", "reasons"} | {
    "interrupted", "failures",
}  # fmt: skip
MEDIAN = {"median", "median_of"}
BEST = {"arm", "number", "value", "settings", "validation", "threshold"} | {
    "sha256", "decision_sha256",
}  # fmt: skip


def studies_of(
    folder: Path, lstm: list[Told], gru: list[Told], config: Config | None = None
) -> dict[str, ArmStudy]:
    told = {"lstm": lstm, "gru": gru}
    return make_studies(folder, told, config=config or make_config(folder))


def summarized(folder: Path, lstm: list[Told], gru: list[Told], **changes: Any) -> dict[str, Any]:
    given = {"ending": Ending.complete, "wall_s": 36.0, "trials_run": 4, "test_reads": 0} | changes
    found = summary.summarize(make_config(folder), studies_of(folder, lstm, gru), **given)
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    return found


def test_the_fields(tmp_path: Path) -> None:
    mixed: list[Told] = [0.5, Status.PRUNED, Reason.diverged, 0.7]
    found = summarized(tmp_path, mixed, [0.6, 0.2, Reason.timeout, Reason.timeout])
    assert set(found) == ALWAYS | {"best"}
    assert set(found["best"]) == BEST
    lstm, gru = found["arms"]["lstm"], found["arms"]["gru"]
    assert set(lstm) == COUNTS | MEDIAN | {"best", "expected_best"}
    assert [lstm[name] for name in ("budget", "complete", "pruned", "failed")] == [4, 2, 1, 1]
    assert (lstm["reasons"], gru["reasons"]) == ({"diverged": 1}, {"timeout": 2})
    assert (lstm["median"], gru["median"]) == (pytest.approx(0.5), pytest.approx(0.4))
    assert (lstm["median_of"], gru["median_of"]) == (3, 2)
    assert set(lstm["best"]) == {"number", "value", "settings"}
    assert (found["best"]["arm"], found["best"]["number"], found["best"]["value"]) == (
        "lstm", 3, 0.7,
    )  # fmt: skip
    assert found["best"]["settings"]["model.cell"] == "lstm"
    assert found["best"]["validation"] == {"f1": 0.25}
    assert found["trials_per_hour"] == 400.0


@pytest.mark.parametrize(
    "ended",
    [[], [Status.PRUNED], [Reason.crashed, Reason.refused]],
    ids=["none", "pruned", "failed"],
)
def test_what_was_not_measured_is_absent(tmp_path: Path, ended: list[Told]) -> None:
    found = summarized(tmp_path, ended, [], wall_s=0.0, trials_run=0)
    assert set(found) == ALWAYS
    measured = MEDIAN | {"expected_best"} if Status.PRUNED in ended else set()
    assert set(found["arms"]["lstm"]) == COUNTS | measured
    assert set(found["arms"]["gru"]) == COUNTS
    assert found["trials_per_hour"] == 0.0


def test_a_trial_at_chance_is_counted_apart_and_in_the_median(tmp_path: Path) -> None:
    studies = studies_of(tmp_path, [0.9, Status.PRUNED], [])
    proposal = studies["lstm"].next()
    assert proposal is not None
    resting = told_result("lstm", proposal.number, 0.2, stopped=Stopped.no_learning)
    studies["lstm"].tell(proposal.number, resting)
    found = summary.arm_summary(studies["lstm"])
    counts = [found[name] for name in ("complete", "no_learning", "pruned", "failed")]
    assert counts == [1, 1, 1, 0]
    assert (found["median"], found["median_of"]) == (0.2, 3)  # of 0.9, 0.1 and 0.2


def test_an_interrupted_trial_is_none_of_the_counts(tmp_path: Path) -> None:
    studies = studies_of(tmp_path, [0.5], [])
    studies["lstm"].next()
    studies["lstm"].interrupt("planted")
    found = summary.arm_summary(studies["lstm"])
    assert [found[name] for name in ("complete", "pruned", "failed")] == [1, 0, 0]
    assert (found["interrupted"], found["reasons"], found["failures"]) == (1, {}, [])


@pytest.mark.parametrize(
    ("lstm", "gru", "maximize", "winner"),
    [
        ([0.5, 0.9], [0.9, 0.9], True, ("lstm", 1)),
        ([0.5], [0.9, 0.4, 0.9], True, ("gru", 0)),
        ([0.5, 0.2], [0.2, 0.9], False, ("lstm", 1)),
        ([0.5], [0.4], False, ("gru", 0)),
        ([0.0], [0.1], False, ("lstm", 0)),
        ([-0.5], [-0.1], True, ("gru", 0)),
        ([Status.PRUNED], [0.0], True, ("gru", 0)),
    ],
)
def test_the_best_of_all_arms(
    tmp_path: Path, lstm: list[Told], gru: list[Told], maximize: bool, winner: tuple[str, int]
) -> None:
    config = make_config(tmp_path)
    config.objective.metric = Metric.average_precision if maximize else Metric.log_loss
    found = summary.best_of(studies_of(tmp_path, lstm, gru, config), maximize)
    assert found is not None
    assert (found[0], found[1].number) == winner


def test_no_best(tmp_path: Path) -> None:
    assert summary.best_of(studies_of(tmp_path, [Reason.diverged], []), True) is None


def test_the_direction_follows_the_objective(tmp_path: Path) -> None:
    config = make_config(tmp_path)
    config.objective.metric = Metric.log_loss
    studies = studies_of(tmp_path, [0.5, 0.2], [0.3], config)
    found = summary.summarize(
        config, studies, ending=Ending.complete, wall_s=1.0, trials_run=3, test_reads=0
    )
    assert (found["objective"], found["best"]["value"]) == ("log_loss", 0.2)
    assert found["arms"]["lstm"]["best"]["number"] == 1


def test_written_and_read(tmp_path: Path) -> None:
    assert summary.read_summary(tmp_path) is None
    summary.write_summary(tmp_path, {"name": "café", "best": {"value": 0.1}})
    assert summary.read_summary(tmp_path) == {"name": "café", "best": {"value": 0.1}}


@pytest.mark.parametrize(
    ("sampler", "startup", "drawn"),
    [
        (SamplerName.random, 2, range(1, 12)),
        (SamplerName.tpe, 4, range(1, 4)),
        (SamplerName.qmc, 4, []),
        (SamplerName.grid, 4, []),
    ],
)
def test_the_band_is_of_the_trials_drawn_at_random(
    sampler: SamplerName, startup: int, drawn: Sequence[int], tmp_path: Path
) -> None:
    config = make_config(tmp_path, trials=12)
    studies = studies_of(tmp_path, [0.5 + i / 100 for i in range(12)], [], config)
    config.sampler.name, config.sampler.startup_trials = sampler, startup
    found = summary.learned_from(config, Space.of(config), studies["lstm"])
    values = [0.5 + i / 100 for i in drawn]
    assert found["expected_best"].get("random", {}).get("best") == (
        pytest.approx(expected_best(values)) if values else None
    )


def test_what_mattered_is_of_the_settings_that_an_arm_searched(tmp_path: Path) -> None:
    config = make_config(tmp_path, trials=12)
    told: list[Told] = [0.1 * (i % 7) for i in range(11)]
    found = summary.summarize(
        config,
        studies_of(tmp_path, [*told, Reason.timeout], [], config),
        ending=Ending.complete,
        wall_s=1.0,
        trials_run=12,
        test_reads=0,
    )
    settings = {one["setting"] for one in found["arms"]["lstm"]["importance"]}
    assert settings == {"model.hidden", "optimizer.learning_rate"}
    assert len(found["arms"]["lstm"]["expected_best"]["trials"]) == 11
    assert json.loads(json.dumps(found, allow_nan=False)) == found
