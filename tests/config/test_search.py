"""Settings of the search."""

import math
from typing import Any

import pytest

from support.broken_rules import unsaid
from sweep.config import ConfirmConfig, DoctorConfig, ExportConfig, SearchConfig


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"name": "x", "trials": 0}, ["at least 1", "got 0"]),
        ({"name": "x", "trials": -3}, ["search.trials", "got -3"]),
        ({"name": "x", "minutes": 0.0}, ["search.minutes", "above 0", "got 0"]),
        ({"name": "x", "minutes": math.inf}, ["search.minutes", "got inf"]),
        ({"name": "x", "trials": None}, ["search.trials=null", "search.minutes=30"]),
        (
            {"name": "x", "random_share": 1.5},
            ["search.random_share", "between 0 and 1", "got 1.5"],
        ),
    ],
    ids=str,
)
def test_a_broken_rule_is_told_with_its_value(values: dict[str, Any], told: list[str]) -> None:
    assert unsaid(SearchConfig, values, told) == []


@pytest.mark.parametrize(
    ("kind", "values", "told"),
    [
        (DoctorConfig, {"experiments": -1}, ["doctor.experiments", "not be negative", "got -1"]),
        (ConfirmConfig, {"top": -1}, ["confirm.top", "at least 0", "got -1"]),
        (ConfirmConfig, {"folds": 1}, ["confirm.folds", "at least 2", "got 1"]),
        (ConfirmConfig, {"repeats": 0}, ["confirm.repeats", "at least 1", "got 0"]),
        (ExportConfig, {"members": 3}, ["export.members must be 1", "null", "got 3"]),
        (ExportConfig, {"examples": -1}, ["export.examples must not be negative, but got -1"]),
    ],
    ids=str,
)
def test_what_comes_after_the_search_tells_its_rules(
    kind: type[Any], values: dict[str, Any], told: list[str]
) -> None:
    assert unsaid(kind, values, told) == []


def test_two_searches_share_no_space() -> None:
    one, two = SearchConfig(name="one"), SearchConfig(name="two")
    one.space["seed"] = {}
    assert two.space == {}
