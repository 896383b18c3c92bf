"""Settings of the corpus and its split: what does not go together is refused."""

from typing import Any

import pytest

from support.broken_rules import unsaid
from sweep.config import DataConfig, SplitConfig


@pytest.mark.parametrize(
    ("kind", "values", "told"),
    [
        (DataConfig, {"path": "a", "train": "b"}, ["data.path=a and data.train=b"]),
        (DataConfig, {"path": "a", "test": "b"}, ["data.test=b", "`data.train`"]),
        (DataConfig, {"validation": "b"}, ["data.validation=b", "`data.train`"]),
        (DataConfig, {"train": "a", "split": "b"}, ["data.split"]),
        (DataConfig, {"delimiter": "::"}, ["one character", "'::'"]),
        (DataConfig, {"delimiter": ""}, ["one character", "''"]),
        (DataConfig, {"positive": []}, ["data.positive takes", "[]"]),
        (DataConfig, {"positive": ["a", None]}, ["data.positive takes", "None"]),
        (DataConfig, {"negative": {"a": 1}}, ["data.negative takes", "{'a': 1}"]),
        (
            DataConfig,
            {"negative": "rest", "drop": "rest"},
            ["data.negative=rest and data.drop=rest"],
        ),
        (SplitConfig, {"test": 0.0}, ["split.test=0.0"]),
        (SplitConfig, {"validation": 1.0}, ["split.validation=1.0"]),
        (SplitConfig, {"validation": 0.5, "test": 0.5}, ["validation + test < 1"]),
    ],
    ids=str,
)
def test_a_broken_rule_is_told_with_its_value(
    kind: type[Any], values: dict[str, Any], told: list[str]
) -> None:
    assert unsaid(kind, values, told) == []
