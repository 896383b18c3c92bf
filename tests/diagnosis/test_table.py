"""The table of symptoms, and the order of what it finds."""

from dataclasses import replace

import pytest

from sweep.diagnosis import table
from sweep.diagnosis.facts import Facts
from sweep.diagnosis.finding import Evidence
from sweep.diagnosis.symptom import Seen, Symptom


def test_a_sweep_without_records_has_no_symptom() -> None:
    assert table.diagnose(Facts()) == []


@pytest.mark.parametrize("key", table.SYMPTOMS)
def test_a_row_says_all_that_a_reader_needs(key: str) -> None:
    row = table.SYMPTOMS[key]
    assert row.key == key
    assert all(text.endswith(".") for text in (row.definition, row.remedy))
    assert all("=" in word for word in row.patch)


def test_the_worst_comes_first_then_the_surest(monkeypatch: pytest.MonkeyPatch) -> None:
    def row(key: str, confidence: float) -> Symptom:
        seen = Seen(title=key, evidence=(Evidence(text=key),), confidence=confidence)
        return replace(table.SYMPTOMS["diverged"], key=key, look=lambda _: [seen])

    rows = [
        row("a", 0.9),
        row("b", 0.5),
        replace(row("c", 0.1), severity="error"),
        replace(row("d", 1.0), severity="note"),
    ]
    monkeypatch.setattr(table, "SYMPTOMS", {r.key: r for r in rows})
    assert [finding.symptom for finding in table.diagnose(Facts())] == ["c", "a", "b", "d"]
