"""Whose turn it is, and what `search.minutes` buys: whole rounds, and time for the confirmation."""

from pathlib import Path

import pytest

from support import clockwork, scripted_search
from sweep.config import Config
from sweep.records import Ending, TrialKey
from sweep.search.study import ArmStudy

CONFIRMED = {"top": 1, "members": 3}
"""Two finalists an arm, three members each: twelve trainings in all."""


def minutes(minutes: float | None, trials: int | None = None) -> Config:
    config = scripted_search.make_config()
    config.search.trials, config.search.minutes = trials, minutes
    return config


def numbers(studies: dict[str, ArmStudy]) -> dict[str, int]:
    return {arm: len(study.records()) for arm, study in studies.items()}


def minute(key: TrialKey) -> float:
    return 60.0


CASES = {
    # 30 minutes, one worker, a minute each: 12 for the confirmation leave 9 rounds of two.
    "time": (minutes(30), 1, 9),
    "trials first": (minutes(30, trials=4), 1, 4),
    "time first": (minutes(30, trials=20), 1, 9),
    # Two workers do twice as much; each phase may leave one of them idle for half a training.
    "two workers": (minutes(30), 2, 23),
    "no time at all": (minutes(0.5), 1, 1),
    # Nothing is known while the first round runs: each free worker has got a trial of the next ones.
    "four workers and no time": (minutes(0.5), 4, 2),
}


@pytest.mark.parametrize(("config", "workers", "rounds"), CASES.values(), ids=CASES)
def test_rounds_are_handed_out_until_the_confirmation_just_fits(
    tmp_path: Path, config: Config, workers: int, rounds: int
) -> None:
    ending, studies, executor = clockwork.search(
        tmp_path, config, minute, workers=workers, **CONFIRMED
    )
    assert ending is Ending.complete
    assert numbers(studies) == {"lstm": rounds, "gru": rounds}
    if config.search.minutes == 30:
        whole = executor.now + 12 * 60 / workers + (workers - 1) * 30
        assert whole <= 30 * 60
        assert config.search.trials == 4 or whole > 30 * 60 - 2 * 60 / workers - 60


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_arms_differ_by_what_is_running_only(tmp_path: Path, workers: int) -> None:
    """Though one arm's trials take five times as long."""
    _, studies, executor = clockwork.search(
        tmp_path, minutes(20), lambda key: 100.0 if key.arm == "gru" else 20.0, workers=workers
    )
    assert len(set(numbers(studies).values())) == 1
    for begun in range(1, len(executor.begun) + 1):
        given = [key.arm for key in executor.begun[:begun]]
        assert abs(given.count("lstm") - given.count("gru")) <= max(1, workers - 1)


def test_the_same_command_searches_no_further_and_more_minutes_do(tmp_path: Path) -> None:
    clockwork.search(tmp_path, minutes(10), minute)
    # Members that took less than was kept for them leave time that is not used twice.
    for _ in range(2):
        ending, studies, executor = clockwork.search(tmp_path, minutes(10), minute)
        assert (ending, executor.begun) == (Ending.complete, [])
        assert numbers(studies) == {"lstm": 5, "gru": 5}
    assert clockwork.search(tmp_path, minutes(8), minute)[2].begun == []
    _, studies, executor = clockwork.search(tmp_path, minutes(14), minute)
    assert (numbers(studies), len(executor.begun)) == ({"lstm": 7, "gru": 7}, 4)
    # A number of trials takes over where time is no longer asked for.
    _, studies, _ = clockwork.search(tmp_path, minutes(None, trials=8), minute)
    assert numbers(studies) == {"lstm": 8, "gru": 8}


@pytest.mark.parametrize("stop", [1, 4, 7])
def test_a_stop_costs_the_time_of_what_it_cut_short_only(tmp_path: Path, stop: int) -> None:
    first, _, one = clockwork.search(tmp_path, minutes(10), minute, stop_after=stop)
    second, studies, two = clockwork.search(tmp_path, minutes(10), minute)
    assert (first, second) == (Ending.interrupted, Ending.complete)
    assert numbers(studies) == {"lstm": 5, "gru": 5}
    assert one.now + two.now == 10 * 60
    assert sum(r.wall_s for study in studies.values() for r in study.records()) == 10 * 60


def test_what_members_took_counts_when_the_time_grows(tmp_path: Path) -> None:
    clockwork.search(tmp_path, minutes(10), minute)
    _, studies, _ = clockwork.search(tmp_path, minutes(20), minute, confirmed_s=6 * 60.0)
    assert numbers(studies) == {"lstm": 7, "gru": 7}


def test_arms_of_a_grid_may_end_before_the_others(tmp_path: Path) -> None:
    config = minutes(60)
    config.sampler.name = scripted_search.SamplerName.grid
    config.search.space = {
        "model": {
            "cell": {"type": "categorical", "choices": ["lstm", "gru"]},
            "hidden": {"type": "int", "low": 8, "high": 24, "step": 8, "when": {"model.cell": ["gru"]}},
        }
    }  # fmt: skip
    ending, studies, _ = clockwork.search(tmp_path, config, minute)
    assert (ending, numbers(studies)) == (Ending.complete, {"lstm": 1, "gru": 3})
