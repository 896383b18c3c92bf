"""The whole audit: plain JSON without texts, the same twice, the labels of the test part unread, odd corpora borne."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from support.ill_corpora import healthy, rows_of
from sweep.audit.audit import audit
from sweep.audit.rows import Rows
from sweep.config import ObjectiveConfig, TextConfig


def facts(rows: Rows, told: Any = lambda _: None) -> dict[str, Any]:
    return audit(rows, text=asdict(TextConfig()), objective=ObjectiveConfig(), seed=0, told=told)


def test_facts_are_json_hold_no_text_and_are_the_same_twice(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, [row | {"id": at} for at, row in enumerate(healthy(200))])
    checks: list[str] = []
    first = facts(rows, checks.append)
    written = json.dumps(first, allow_nan=False)
    assert written == json.dumps(facts(rows))
    assert not any(text in written for text in rows.texts)
    assert {name.replace(" ", "_") for name in checks} - {"words"} <= set(first)
    assert first["classes"]["train"]["rows"] == (rows.parts == "train").sum()


def test_labels_of_the_test_part_are_only_counted(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, healthy(200))
    test = rows.parts == "test"
    other = replace(rows, labels=np.where(test, 1 - rows.labels, rows.labels))
    one, two = facts(rows), facts(other)
    for name in ("label_errors", "shortcuts", "columns", "baselines", "writing", "encoding"):
        assert one[name] == two[name], name


ODD = {
    "one word a text": [f"w{at}" for at in range(120)],
    "no word": ["!" * (at + 1) for at in range(120)],
    "no letter that a pattern knows": ["\u0301" * (at + 1) for at in range(120)],
    "one enormous text": ["word " * 100_000, *(f"text number {at} of many" for at in range(119))],
    "control characters": [f"a\x01b\x02 {at} \x7f" for at in range(120)],
    "other planes": [f"𝔘𝔫𝔦 👩‍👩‍👧 {at} 漢字 السلام" for at in range(120)],
    "all alike but one": [*["the same old text"] * 60, *(f"text {at}" for at in range(60))],
}


@pytest.mark.parametrize("name", ODD)
def test_odd_corpora_are_borne(tmp_path: Path, name: str) -> None:
    texts = ODD[name]
    rows = rows_of(tmp_path, [{"text": text, "label": at % 2} for at, text in enumerate(texts)])
    settings = asdict(TextConfig(min_frequency=1))
    found = audit(rows, text=settings, objective=ObjectiveConfig(), seed=0)
    json.dumps(found, allow_nan=False)
    assert found["rows"] == 120
