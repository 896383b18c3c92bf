"""Settings of where trials run."""

from typing import Any

import pytest

from support.broken_rules import unsaid
from sweep.config import ExecutorConfig, ExecutorKind

RAY = {"kind": ExecutorKind.ray}


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"workers": "all"}, ["`auto`", "'all'"]),
        ({"workers": 0}, ["at least 1", "0"]),
        ({"threads": 0}, ["executor.threads", "got 0"]),
        ({"attempts": 0}, ["executor.attempts", "got 0"]),
        ({"timeout": 0.0}, ["above 0"]),
        ({"memory_gib": -1.0}, ["executor.memory_gib", "got -1"]),
        ({"gpus": 0.5}, ["executor.gpus=0.5", "executor=ray"]),
        ({"address": "auto"}, ["executor.address=auto", "executor=ray"]),
        (RAY | {"workers": 4}, ["executor.workers=4", "executor.max_workers=4"]),
        (RAY | {"max_workers": 0}, ["executor.max_workers", "got 0"]),
        (RAY | {"cpus": -1.0}, ["executor.cpus", "got -1"]),
        (RAY | {"resources": {"big": -2.0}}, ["executor.resources.big", "got -2"]),
        (RAY | {"cpus": 0.0}, ["both 0"]),
        (RAY | {"gpus": 1.5}, ["whole number", "got 1.5"]),
    ],
    ids=str,
)
def test_a_broken_rule_is_told_with_its_value(values: dict[str, Any], told: list[str]) -> None:
    assert unsaid(ExecutorConfig, values, told) == []


@pytest.mark.parametrize("workers", ["auto", 1, 8])
def test_workers_are_a_number_or_auto(workers: int | str) -> None:
    assert ExecutorConfig(workers=workers).workers == workers
