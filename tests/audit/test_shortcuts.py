"""What tells the label nearly alone, and what the order of the rows tells."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.ill_corpora import healthy, rows_of
from sweep.audit.shortcuts import order, shortcuts
from sweep.audit.terms import Terms

Given = list[dict[str, Any]]


def told(folder: Path, given: Given, **settings: Any) -> dict[str, Any]:
    return shortcuts(Terms.of(rows_of(folder, given, **settings), 0))


def test_a_healthy_corpus_has_none(tmp_path: Path) -> None:
    found = told(tmp_path, healthy(600))
    assert abs(found["terms"][0]["correlation"]) < 0.4
    assert found["spelled"] == []
    low, high = found["length"]["interval"]
    assert low < 0.55
    assert high > 0.45


def test_a_planted_word_is_the_strongest_term_and_its_rows_are_named(tmp_path: Path) -> None:
    given = healthy(400)
    for row in given:
        row["text"] = f"{row['text']} #ad" if row["label"] else row["text"]
    first = told(tmp_path, given)["terms"][0]
    assert first["term"] in ("# ad", "ad", "#")
    assert first["correlation"] == pytest.approx(1)
    assert (first["positive"], first["negative"]) == (1, 0)
    (lines,) = first["lines"].values()
    assert all(given[line - 2]["label"] == 1 for line in lines)


def test_a_text_that_spells_its_label(tmp_path: Path) -> None:
    given = healthy(400)
    for at, row in enumerate(given):
        spam = row["label"]
        row["text"] = f"[spam] {row['text']}" if spam and at % 4 else row["text"]
        row["label"] = "spam" if spam else "ham"
    found = told(tmp_path, given, positive="spam")
    assert [one["term"] for one in found["spelled"]] == ["spam"]
    assert found["spelled"][0]["positive"] == pytest.approx(0.75, abs=0.05)


def test_a_length_that_tells(tmp_path: Path) -> None:
    given = healthy(300)
    for row in given:
        row["text"] += " and so on" * 20 if row["label"] else ""
    assert told(tmp_path, given)["length"]["auc"] == pytest.approx(1)


def as_given(given: Given) -> Given:
    return given


def by_label(given: Given) -> Given:
    return sorted(given, key=lambda row: row["label"])


def by_author(given: Given) -> Given:
    """Twenty rows an author, who signs and speaks of one thing."""
    return [
        row | {"text": f"{row['text']} yours f{at // 20} of g{at // 20}"}
        for at, row in enumerate(given)
    ]


ORDERS: dict[str, tuple[Callable[[Given], Given], bool, bool]] = {
    "as given": (as_given, False, False),
    "by label": (by_label, True, False),
    "by author": (by_author, False, True),
}


@pytest.mark.parametrize(("arrange", "labels", "texts"), ORDERS.values(), ids=ORDERS)
def test_rows_in_an_order(
    tmp_path: Path, arrange: Callable[[Given], Given], labels: bool, texts: bool
) -> None:
    rows = rows_of(tmp_path, arrange(healthy(600)))
    found = order(rows, Terms.of(rows, 0))
    assert (found["labels"]["excess"] > 0.5 and found["labels"]["z"] > 5) is labels
    assert (found["texts"]["ratio"] > 1.5 and found["texts"]["z"] > 5) is texts
