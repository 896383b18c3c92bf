"""Repeated texts: each illness planted, with a healthy corpus beside it."""

import random
from pathlib import Path

import numpy as np
import pytest

from support.ill_corpora import healthy, rows_of, sentence
from sweep.audit import duplicates as module
from sweep.audit.duplicates import conflicts, duplicates, near_duplicates, shared
from sweep.audit.rows import Rows
from sweep.data import split
from sweep.data.builtin import generate


def test_a_healthy_corpus_has_none(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, healthy(400))
    assert (
        duplicates(rows)["rows"] == conflicts(rows)["texts"] == near_duplicates(rows)["texts"] == 0
    )
    assert {part: told["rows"] for part, told in shared(rows).items()} == {
        "validation": 0,
        "test": 0,
    }


def test_copies_are_counted_however_they_are_spaced_and_capitalised(tmp_path: Path) -> None:
    given = healthy(200)
    given += [{**row, "text": f"  {row['text'].upper()}"} for row in given[:20]]
    told = duplicates(rows_of(tmp_path, given))
    assert (told["rows"], told["texts"], told["same_label"], told["most_often"]) == (20, 20, 20, 2)
    assert told["share"] == pytest.approx(20 / 220)
    (lines,) = told["lines"].values()
    assert lines == list(range(202, 222))


def test_copies_of_one_class_show_by_class(tmp_path: Path) -> None:
    given = healthy(300, positive=0.2)
    rare = [row for row in given if row["label"] == 1]
    told = duplicates(rows_of(tmp_path, given + rare * 3))["by_class"]
    assert told["positive"] == pytest.approx(0.75)
    assert told["negative"] == 0


def test_conflicts_tell_what_no_model_can_get_right(tmp_path: Path) -> None:
    given = healthy(200)
    once = [{**row, "label": 1 - row["label"]} for row in given[:6]]
    told = conflicts(rows_of(tmp_path, given + once + [dict(given[0])]))
    assert (told["texts"], told["rows"], told["wrong"]) == (6, 13, 6)
    (lines,) = told["lines"].values()
    assert lines[:3] == [2, 202, 208]  # the rows of one text beside one another


@pytest.mark.parametrize("overlap", ["keep", "drop"])
def test_test_texts_in_training_are_seen_whether_or_not_they_are_left_out(
    tmp_path: Path, overlap: str
) -> None:
    given = [row | {"part": "train"} for row in healthy(200)]
    given += [row | {"part": "test"} for row in healthy(60, seed=5)]
    given += [row | {"part": "test"} for row in given[:15]]
    given.append({**given[20], "part": "test", "label": 1 - given[20]["label"]})
    told = shared(rows_of(tmp_path, given, overlap=overlap))["test"]
    assert told["official"]["rows"] == 16
    assert told["official"]["share"] == pytest.approx(16 / 76)
    assert told["official"]["same_label"] == pytest.approx(15 / 16)
    # Validation is drawn from the training rows, and takes some of them with it.
    assert (0 < told["rows"] <= 16) if overlap == "keep" else told["rows"] == 0


def test_texts_of_one_template_are_near_duplicates(tmp_path: Path) -> None:
    rng = random.Random(3)
    given = healthy(200)
    letters = [
        f"Dear customer, your parcel number {rng.randrange(10**8)} waits for you at the post office in "
        f"{rng.choice(['York', 'Bath', 'Leeds'])}, please bring this letter and a proof of who you are."
        for _ in range(60)
    ]
    rows = rows_of(tmp_path, given + [{"text": text, "label": 1} for text in letters])
    told = near_duplicates(rows)
    assert told["texts"] == 60 - duplicates(rows)["rows"]
    for part in ("validation", "test"):
        assert told[part]["rows"] == (rows.parts[200:] == part).sum()
        assert told[part]["same_label"] == 1
        assert all(line > 201 for line in next(iter(told[part]["lines"].values())))


def test_the_same_words_in_another_order_are_no_leak() -> None:
    """The built-in corpus is made of twins of equal words and pairs, of which one is positive."""
    rows = Rows.of(split(generate(0, 1500), validation=0.2, test=0.2, overlap="drop", seed=0))
    told = near_duplicates(rows)["test"]
    assert told["rows"] > 10
    assert told["same_label"] < told["by_chance"]


def test_pairs_are_those_of_a_comparison_of_each_with_each() -> None:
    rng = random.Random(0)
    tokens = [sentence(rng, at % 2).split() for at in range(60)]
    tokens += [[*words[:-1], "indeed"] for words in tokens[:20]] + [
        words[3:] for words in tokens[20:40]
    ]
    left, right, cut = module._alike(tokens)
    sets = [set(w) | set(zip(w, w[1:], strict=False)) for w in tokens]
    brute = {
        (i, j)
        for i in range(len(sets))
        for j in range(i + 1, len(sets))
        if len(sets[i] & sets[j]) >= module.ALIKE * len(sets[i] | sets[j])
        and module._ordered(tokens[i], tokens[j])
    }
    assert set(zip(left.tolist(), right.tolist(), strict=True)) == brute
    assert brute
    assert not cut


def test_a_search_without_end_is_bounded_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_PAIRS", 50)
    tokens = [["one", "and", "the", "same", "start", f"w{at}"] for at in range(200)]
    assert module._alike(tokens)[2]
    assert np.isfinite(module._alike(tokens)[0]).all()
