"""Parts of a sweep's command: what its server loads, and how many trials are done."""

from pathlib import Path
from typing import Any

import pytest

from support.told_studies import make_config, make_studies
from sweep.config import Config, ResamplingConfig, SearchConfig
from sweep.coordinator.sweep import done, needed
from sweep.records import Reason, Status

MODEL = {"model": {"cell": {"type": "categorical", "choices": ["lstm", "gru"]}}}
METHOD = {"resampling": {"method": {"type": "categorical", "choices": ["none", "smote"]}}}


@pytest.mark.parametrize(
    ("method", "space", "modules"),
    [
        ("none", MODEL, []),
        ("none", METHOD, ["imblearn"]),
        ("smote", MODEL, ["imblearn"]),
        ("smote", METHOD, ["imblearn"]),
    ],
)
def test_only_a_sweep_that_may_resample_loads_what_resamples(
    method: str, space: dict[str, Any], modules: list[str]
) -> None:
    config = Config(
        resampling=ResamplingConfig(method=method),
        search=SearchConfig(name="tried", space=space),
    )
    assert needed(config) == modules


@pytest.mark.parametrize(
    ("told", "count"),
    [
        ({}, 0),
        ({"lstm": [0.5]}, 1),
        ({"lstm": [0.5, Status.PRUNED], "gru": [Reason.crashed]}, 3),
        ({"lstm": [0.5, Reason.interrupted]}, 1),
    ],
    ids=["none", "one", "every end", "one to come back"],
)
def test_done_are_those_that_will_not_run_again(
    tmp_path: Path, told: dict[str, list[Any]], count: int
) -> None:
    studies = make_studies(tmp_path, told, config=make_config(tmp_path))
    assert done(studies) == count


def test_a_running_trial_is_not_done(tmp_path: Path) -> None:
    studies = make_studies(tmp_path, {"lstm": [0.5]}, config=make_config(tmp_path))
    assert studies["gru"].next() is not None
    assert done(studies) == 1
