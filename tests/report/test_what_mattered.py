"""Which settings are said to have mattered: from planted trials, on the scale of the search, and in words."""

import math
from typing import Any

import numpy as np
import pytest

from sweep.report.what_mattered import column, lines, what_mattered
from sweep.search.parameter import Kind, Parameter

RATE = Parameter(path="optimizer.learning_rate", kind=Kind.float, low=1e-4, high=1e-1, log=True)
NAME = Parameter(path="optimizer.name", kind=Kind.categorical, choices=("adam", "sgd"))
MOMENTUM = Parameter(
    path="optimizer.momentum",
    kind=Kind.float,
    low=0.0,
    high=0.9,
    step=0.3,
    when={"optimizer.name": ("sgd",)},
)
LAYERS = Parameter(path="model.layers", kind=Kind.int, low=1, high=3)
WIDTH = Parameter(path="model.hidden", kind=Kind.int, low=8, high=512, log=True)

PLACES = {
    "a logarithm": (RATE, [1e-4, 1e-1, 10**-2.5], [0, 1, 0.5], 0, 50),
    "choices": (NAME, ["sgd", "adam"], [1, 0], 2, 50),
    "a step": (MOMENTUM, [0.3, 0.9], [1 / 3, 1], 0, 4),
    "few numbers": (LAYERS, [1, 2, 3], [0, 0.5, 1], 0, 3),
    "many numbers": (WIDTH, [8, 64, 512], [0, 0.5, 1], 0, 50),
    "the configuration's own value, beside the space": (LAYERS, [5], [1], 0, 3),
}


@pytest.mark.parametrize(
    ("parameter", "given", "places", "choices", "steps"), PLACES.values(), ids=PLACES
)
def test_a_value_lies_where_it_was_searched(
    parameter: Parameter, given: list[Any], places: list[float], choices: int, steps: int
) -> None:
    found = column(parameter, [{parameter.path: value} for value in given] + [{}])
    assert found.values[:-1] == pytest.approx(places)
    assert math.isnan(found.values[-1])
    assert (found.name, found.choices, found.steps) == (parameter.path, choices, steps)


def planted(n: int) -> tuple[list[dict[str, Any]], list[float]]:
    """Trials whose score the learning rate decides."""
    draw = np.random.default_rng(0)
    trials = []
    for _ in range(n):
        trial = {
            RATE.path: float(10 ** draw.uniform(-4, -1)),
            NAME.path: str(draw.choice(NAME.choices)),
        }
        if trial[NAME.path] == "sgd":
            trial[MOMENTUM.path] = float(draw.choice([0.0, 0.3, 0.6, 0.9]))
        trials.append(trial | {LAYERS.path: 2})
    return trials, [-abs(math.log10(t[RATE.path]) + 2.5) for t in trials]


def test_the_planted_setting_is_named_and_no_other() -> None:
    trials, values = planted(60)
    found = what_mattered([RATE, NAME, MOMENTUM, LAYERS], trials, values, maximize=True)
    assert [one["setting"] for one in found if one["told"]] == [RATE.path]
    assert found[0]["setting"] == RATE.path
    assert set(found[0]) == {"setting", "share", "interval", "p", "told"}
    assert {one["setting"] for one in found} == {
        RATE.path,
        NAME.path,
        MOMENTUM.path,
    }  # layers never varied
    turned = what_mattered([RATE, NAME, MOMENTUM], trials, [-v for v in values], maximize=False)
    assert turned == found


def test_nine_trials_are_too_few_and_a_space_that_never_varied_has_none() -> None:
    trials, values = planted(9)
    assert what_mattered([RATE], trials, values, maximize=True) == []
    assert what_mattered([LAYERS], *planted(20), maximize=True) == []


def told(*settings: tuple[str, float, bool]) -> dict[str, Any]:
    importance = [
        {"setting": name, "share": share, "interval": [share / 2, share], "p": 0.1, "told": sure}
        for name, share, sure in settings
    ]
    return {"arms": {"gru": {"median_of": 24, "importance": importance}, "lstm": {"median_of": 3}}}


SAID = {
    "some": (
        told(("a.b", 0.8, True), ("c.d", 0.15, False), ("e", 0.05, False)),
        [
            "what mattered for gru: a.b (80%, between 40% and 80%); of 2 more settings 24 trials cannot tell"
        ],
    ),
    "none": (told(("a.b", 0.8, False)), ["what mattered for gru: 24 trials cannot tell"]),
    "all": (
        told(("a.b", 0.8, True), ("c", 0.2, True)),
        ["what mattered for gru: a.b (80%, between 40% and 80%), c (20%, between 10% and 20%)"],
    ),
    "nothing searched": ({"arms": {"all": {"median_of": 3}}}, []),
}


@pytest.mark.parametrize(("found", "said"), SAID.values(), ids=SAID)
def test_the_words(found: dict[str, Any], said: list[str]) -> None:
    assert lines(found) == said
