"""What is said of a corpus: each illness planted, and the healthy corpora of which nothing ill is said."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.ill_corpora import flipped, healthy, rows_of
from sweep.audit.audit import audit
from sweep.audit.rows import Rows
from sweep.config import Config, DataConfig, ObjectiveConfig, TextConfig
from sweep.data import load, split
from sweep.diagnosis.facts import Facts
from sweep.diagnosis.finding import Finding
from sweep.diagnosis.table import diagnose
from sweep.text.settings import text_settings

Given = list[dict[str, Any]]
COUNT = 500


def found(rows: Rows, **text: Any) -> list[Finding]:
    settings = text_settings(Config(text=TextConfig(**text)))
    facts = audit(rows, text=settings, objective=ObjectiveConfig(), seed=0)
    named = {f"text.{name}": value for name, value in settings.items()}
    return diagnose(Facts(audit=facts, corpus=facts["classes"], settings=named))


def official(train: Given, test: Given) -> Given:
    return [r | {"part": "train"} for r in train] + [r | {"part": "test"} for r in test]


def rewritten(rows: Given, change: Callable[[dict[str, Any], int], str]) -> Given:
    return [row | {"text": change(row, at)} for at, row in enumerate(rows)]


H = healthy(COUNT)
RARE = healthy(COUNT, positive=0.2)
LETTER = "Dear customer, your parcel number {} waits for you at the post office in York, please bring this letter."
GERMAN = (
    "ich habe das nicht gewollt und es ist auch nicht so wie wir es uns am Tag {} gedacht haben"
)
PLANTED: dict[str, tuple[Given, dict[str, Any], str, str]] = {
    "rows_dropped": ([*H, *[{"text": "", "label": 1}] * 60], {}, "warning", "60 rows"),
    "conflicting_labels": (
        [*H, *({**row, "label": 1 - row["label"]} for row in H[:90])], {}, "error", "90 texts"),
    "resampled_before_split": (
        RARE + [row for row in RARE if row["label"]] * 3, {}, "warning", "75% of the positive"),
    "duplicates": (H + H[:60], {}, "note", "60 rows"),
    "leak_across_parts": (official(H, [*healthy(100, seed=7), *H[:40]]), {"overlap": "keep"}, "error", "%"),
    "near_leak": (
        H + [{"text": LETTER.format(at * 37), "label": 1} for at in range(150)], {}, "warning", "nearly equal"),
    "label_noise": (flipped(healthy(1500), 0.15)[0], {}, "warning", "labelled otherwise"),
    "shortcut": (rewritten(H, lambda r, at: r["text"] + " xyz" * r["label"]), {}, "warning", "`xyz`"),
    "shortcut_length": (
        rewritten(H, lambda r, at: r["text"] if r["label"] else " ".join(r["text"].split()[5:])), {}, "warning",
        "longer"),
    "shortcut_writing": (
        rewritten(H, lambda r, at: f"It’s {r['text']}".replace("’", "â€™") if r["label"] else r["text"]), {},
        "warning", "broken encoding"),
    "column_leak": ([row | {"reason": "x" * row["label"]} for row in H], {}, "note", "`reason`"),
    "drift": (
        official(H, rewritten(healthy(200, seed=7), lambda r, at: r["text"].replace(" and ", " whilst "))), {},
        "warning", "told apart"),
    "order_matters": (sorted(H, key=lambda row: row["label"]), {}, "note", "sorted by label"),
    "words_tell_nothing": (flipped(H, 0.5)[0], {}, "warning", "AUC 0."),
    "validation_flipped": (
        [row | {"part": "train"} for row in H]
        + [row | {"part": "validation", "label": 1 - row["label"]} for row in healthy(200, seed=3)]
        + [row | {"part": "test"} for row in healthy(100, seed=4)], {}, "error", "wrong way round"),
    "damaged_texts": (
        rewritten(H, lambda r, at: r["text"] + "<br />" * (at % 5 == 0)), {}, "note", "HTML"),
    "language_mix": (
        rewritten(H, lambda r, at: GERMAN.format(at) if at % 6 == 0 else r["text"]), {}, "note", "de 17%"),
}  # fmt: skip
BY_SETTINGS: dict[str, tuple[Given, dict[str, Any], str]] = {
    "texts_cut": (H, {"max_length": 8}, "tokens are cut"),
    "tokens_unknown": (H, {"vocabulary_size": 15}, "are unknown"),
    "emptied_texts": (
        rewritten(H, lambda r, at: f"q{at}z" if at % 10 == 0 else r["text"]), {}, "Nothing known is left"),
    "negations_lost": (
        rewritten(H, lambda r, at: r["text"] + " not" * (at % 3 == 0)),
        {"stop_words": True, "keep_negations": False}, "lose a negation"),
}  # fmt: skip
AT_MOST_A_NOTE = {
    "balanced": H,
    "rarer": healthy(800, positive=0.3),
    "small": healthy(300, seed=2),
    "another": healthy(700, seed=5, positive=0.4),
    "official": official(healthy(500, seed=6), healthy(200, seed=7)),
    "with columns": [
        row | {"id": at, "day": at % 7, "said by": f"p{at % 90}"} for at, row in enumerate(H)
    ],
}


@pytest.mark.parametrize("symptom", PLANTED)
def test_a_planted_illness_is_told_with_its_number(tmp_path: Path, symptom: str) -> None:
    given, settings, severity, number = PLANTED[symptom]
    all_of = found(rows_of(tmp_path, given, **settings))
    mine = [one for one in all_of if one.symptom == symptom]
    assert mine, [one.title for one in all_of]
    assert number in mine[0].title
    assert mine[0].severity == severity
    assert all(row > 0 for one in mine[0].evidence for row in one.rows)


@pytest.mark.parametrize("symptom", BY_SETTINGS)
def test_what_settings_do_to_the_texts_is_told(tmp_path: Path, symptom: str) -> None:
    given, text, said = BY_SETTINGS[symptom]
    mine = [one for one in found(rows_of(tmp_path, given), **text) if one.symptom == symptom]
    assert said in mine[0].title
    assert mine[0].patch


@pytest.mark.parametrize("name", AT_MOST_A_NOTE)
def test_of_a_healthy_corpus_nothing_worse_than_a_note_is_said(tmp_path: Path, name: str) -> None:
    told = found(rows_of(tmp_path, AT_MOST_A_NOTE[name]))
    assert [one.title for one in told if one.severity != "note"] == []
    assert {one.symptom for one in told} <= {"label_noise", "validation_too_small"}


def test_every_symptom_of_a_corpus_is_planted() -> None:
    from sweep.diagnosis.before import rows, shortcuts, writing

    keys = {row.key for file in (rows, shortcuts, writing) for row in file.ROWS}
    assert keys == set(PLANTED) | set(BY_SETTINGS) | {"vectors_strange"}


@pytest.mark.parametrize(("covered", "told"), [(0.35, True), (0.95, False), (None, False)])
def test_vectors_that_do_not_know_the_words(covered: float | None, told: bool) -> None:
    audit = {"vectors": {"note": "german, 35 % of tokens", "covered": covered}}
    found = diagnose(Facts(audit=audit))
    assert (
        ["35%" in one.title for one in found if one.symptom == "vectors_strange"] == [True]
    ) is told


REAL: dict[str, tuple[dict[str, Any], bool]] = {
    "sms": (
        {"path": "sms_spam/SMSSpamCollection", "format": "tsv", "header": False, "label": 0, "text": 1,
         "positive": "spam"}, True),
    "spam.csv": ({"path": "sms_spam/spam.csv", "positive": "spam"}, True),
    "sst2": (
        {"train": "sst2/train.tsv", "validation": "sst2/dev.tsv", "test": "sst2/test.tsv", "format": "tsv",
         "header": False, "text": 0, "label": 1}, False),
    "imdb": (
        {"train": "imdb_subset/subset_train_4000.jsonl", "test": "imdb_subset/subset_test_2000.jsonl"},
        True),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.real_data
@pytest.mark.parametrize("name", REAL)
def test_of_real_corpora_only_what_is_true_is_said(real_data: Path, name: str) -> None:
    settings, damaged = REAL[name]
    files = {
        k: str(real_data / v)
        for k, v in settings.items()
        if k in ("path", "train", "validation", "test")
    }
    corpus = load(DataConfig(**{**settings, **files}), seed=0)
    told = found(Rows.of(split(corpus, validation=0.2, test=0.2, overlap="drop", seed=0)))
    assert [one.title for one in told if one.severity != "note"] == []
    noted = {one.symptom for one in told}
    assert ("damaged_texts" in noted) is damaged
    assert ("column_leak" in noted) is (name == "imdb")  # its `id` holds the label


def test_a_setting_that_mends_the_damage_silences_it(tmp_path: Path) -> None:
    told = found(rows_of(tmp_path, PLANTED["damaged_texts"][0]), strip_html=True)
    assert [one for one in told if one.symptom == "damaged_texts"] == []


def test_a_leak_that_the_split_has_settled_is_a_warning_about_others_scores(
    tmp_path: Path,
) -> None:
    told = found(rows_of(tmp_path, PLANTED["leak_across_parts"][0]))
    mine = [one for one in told if one.symptom == "leak_across_parts"]
    assert [one.severity for one in mine] == ["warning"]
    assert "left out of training here" in mine[0].title
    assert mine[0].patch == ()
