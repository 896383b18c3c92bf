"""How long the rest takes, the confirmation counted in every phase."""

from pathlib import Path
from typing import Any

import pytest

from support.told_studies import make_config, make_studies, result
from sweep.records import Reason
from sweep.report.forecast import Forecast
from sweep.search.study import ArmStudy


def told(
    folder: Path,
    seconds: dict[str, list[float]],
    trials: int | None = 4,
    minutes: float | None = None,
) -> dict[str, ArmStudy]:
    config = make_config(folder)
    config.search.trials, config.search.minutes = trials, minutes
    studies = make_studies(folder, {}, config=config)
    for arm, each in seconds.items():
        for number, wall_s in enumerate(each):
            studies[arm].grant(number + 1)
            assert studies[arm].next() is not None
            studies[arm].tell(number, result(arm, number, number / 10), wall_s)
    return studies


KNOWN = {"lstm": [10.0, 20.0], "gru": [30.0]}
CASES: dict[str, tuple[dict[str, Any], float]] = {
    # Five trials of 20 s.
    "search": ({}, 100.0),
    # The best and the first of lstm take 15 s, the one of gru 30 s, two finalists an arm at three members each.
    "confirmation": ({"top": 1, "members": 3}, 100.0 + 6 * 15 + 6 * 30),
    "more rows": ({"top": 1, "members": 3, "longer": 1.5}, 100.0 + 1.5 * (6 * 15 + 6 * 30)),
    # One of two workers is idle for half a training, once a phase.
    "two workers": ({"top": 1, "members": 3, "slots": 2}, 100.0 + 10 + 6 * 15 + 6 * 30 + 10),
}  # fmt: skip


@pytest.mark.parametrize(("settings", "expected"), CASES.values(), ids=CASES)
def test_the_time_left(tmp_path: Path, settings: dict[str, Any], expected: float) -> None:
    forecast = Forecast(studies=told(tmp_path, KNOWN), **settings)
    assert forecast.left_s() == pytest.approx(expected)
    assert forecast.spent_s() == 60.0


def test_no_arm_has_more_finalists_than_trials(tmp_path: Path) -> None:
    studies = told(tmp_path, KNOWN)
    assert Forecast(studies=studies, top=9, members=2).trainings() == (5, 2 * 2 * 4)


def test_nothing_is_known_before_a_trial_has_ended(tmp_path: Path) -> None:
    forecast = Forecast(studies=told(tmp_path, {}), top=1, members=3, minutes=0.001)
    assert forecast.left_s() is None
    assert forecast.member_s() is None
    assert forecast.fits(running=3)


def test_what_was_interrupted_counts_nothing(tmp_path: Path) -> None:
    studies = told(tmp_path, KNOWN)
    studies["lstm"].next()
    studies["lstm"].interrupt("planted")
    assert studies["lstm"].records()[-1].reason is Reason.interrupted
    assert Forecast(studies=studies).spent_s() == 60.0


def test_time_that_was_given_is_used_up(tmp_path: Path) -> None:
    studies = told(tmp_path, KNOWN, trials=None, minutes=10)
    forecast = Forecast(studies=studies, minutes=10, top=1, members=3)
    assert forecast.trainings() == (None, 12)
    assert forecast.left_s() == 600 - 60
    # What was begun is trained and confirmed, whether it fits or not.
    assert Forecast(studies=studies, minutes=1, top=1, members=3).left_s() == 6 * 15 + 6 * 30


def test_the_earlier_of_both_ends_counts(tmp_path: Path) -> None:
    few = told(tmp_path, KNOWN, trials=3, minutes=10)
    forecast = Forecast(studies=few, minutes=10)
    assert forecast.trainings()[0] == 3
    assert forecast.left_s() == 3 * 20.0


def test_it_fits_to_the_second(tmp_path: Path) -> None:
    studies = told(tmp_path, KNOWN)
    # Spent 60, a round of two trials 40, twelve members 270.
    for minutes, fits in (((60 + 40 + 270) / 60, True), ((60 + 40 + 269) / 60, False)):
        assert Forecast(studies=studies, minutes=minutes, top=1, members=3).fits(0) is fits
    assert not Forecast(studies=studies, minutes=370 / 60, top=1, members=3).fits(1)
