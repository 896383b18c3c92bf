"""The table of symptoms: what every row says, what they find in planted illnesses, and in what order."""

from dataclasses import replace
from pathlib import Path

import pytest

from support.sick_sweeps import ill, sweep, trial
from sweep.diagnosis import table
from sweep.diagnosis.facts import Facts
from sweep.diagnosis.finding import Evidence
from sweep.diagnosis.symptom import Seen, Symptom


def test_a_sweep_without_records_has_no_symptom() -> None:
    assert table.diagnose(Facts()) == []


def test_a_healthy_sweep_has_no_symptom() -> None:
    assert table.diagnose(sweep(*(trial(n) for n in range(4)))) == []


@pytest.mark.parametrize("key", table.SYMPTOMS)
def test_a_row_says_all_that_a_reader_needs(key: str) -> None:
    row = table.SYMPTOMS[key]
    assert row.key == key
    assert all(text.endswith((".", "?")) for text in (row.definition, row.remedy))
    assert all("=" in word for word in row.patch)


def test_what_is_the_cause_stands_before_what_follows_from_it() -> None:
    found = table.diagnose(sweep(ill(settings={"optimizer.learning_rate": 1.0})))
    keys = [finding.symptom for finding in found]
    assert keys[0] == "rate_too_high"
    assert set(keys[1:]) == {"stalled", "at_chance"}
    assert {finding.severity for finding in found} == {"error"}


def test_the_worst_comes_first_then_what_says_why_then_the_surest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def row(key: str, confidence: float) -> Symptom:
        seen = Seen(title=key, evidence=(Evidence(text=key),), confidence=confidence)
        plain = replace(table.SYMPTOMS["rate_too_high"], severity="warning")
        return replace(plain, key=key, look=lambda _: [seen])

    rows = [
        row("a", 0.9),
        row("b", 0.5),
        replace(row("c", 0.1), severity="error"),
        replace(row("d", 1.0), severity="note"),
        replace(row("e", 0.99), says_why=False),
    ]
    monkeypatch.setattr(table, "SYMPTOMS", {r.key: r for r in rows})
    assert [finding.symptom for finding in table.diagnose(Facts())] == ["c", "a", "b", "e", "d"]


def test_the_document_lists_every_symptom_as_the_program_has_it() -> None:
    page = Path(__file__).parents[2] / "docs" / "why-did-my-rnn-fail.md"
    _, _, listed = page.read_text(encoding="utf-8").partition("-->\n\n")
    assert listed == table.markdown()
    assert all(f"(`{key}`)" in listed for key in table.SYMPTOMS)
