"""Parts of different kinds, and of one kind."""

from pathlib import Path
from typing import Any

import pytest

from support.ill_corpora import healthy, rows_of
from sweep.audit.drift import drift
from sweep.audit.terms import Terms


def told(folder: Path, test: list[dict[str, Any]]) -> dict[str, Any]:
    given = [row | {"part": "train"} for row in healthy(600)]
    given += [row | {"part": "test"} for row in test]
    return drift(Terms.of(rows_of(folder, given), 0))["test"]


def test_parts_of_one_kind(tmp_path: Path) -> None:
    found = told(tmp_path, healthy(250, seed=9))
    assert not found["drawn"]
    assert found["interval"][0] < 0 < found["interval"][1]
    assert found["texts"]["auc"] == pytest.approx(0.5, abs=0.08)
    assert found["length"]["auc"] == pytest.approx(0.5, abs=0.08)


def test_other_words(tmp_path: Path) -> None:
    late = [
        row | {"text": row["text"].replace(" and ", " whilst ")} for row in healthy(250, seed=9)
    ]
    found = told(tmp_path, late)
    assert found["texts"]["auc"] > 0.95
    assert "whilst" in " ".join(found["texts"]["terms"])


def test_other_lengths_and_shares(tmp_path: Path) -> None:
    late = [
        row | {"text": " ".join(row["text"].split()[4:])}
        for row in healthy(250, seed=9, positive=0.2)
    ]
    found = told(tmp_path, late)
    assert found["length"]["auc"] < 0.1
    assert found["positive"][1] == pytest.approx(0.2, abs=0.06)
    assert found["interval"][1] < -0.15


def test_a_part_that_was_drawn_is_known_as_such(tmp_path: Path) -> None:
    found = drift(Terms.of(rows_of(tmp_path, healthy(300)), 0))
    assert found["validation"]["drawn"]
    assert found["test"]["drawn"]
    assert "texts" not in found["test"]


def test_groups_that_were_drawn_are_asked_for_their_words(tmp_path: Path) -> None:
    rows = [
        row | {"text": f"{row['text']} no{at // 60}", "group": f"g{at // 60}"}
        for at, row in enumerate(healthy(600))
    ]
    found = drift(Terms.of(rows_of(tmp_path, rows, group="group"), 0))
    assert found["test"]["drawn"]
    assert found["test"]["texts"]["auc"] > 0.9
