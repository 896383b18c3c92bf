"""Signs of damage and languages, counted with their rows."""

from pathlib import Path

import pytest

from support.ill_corpora import healthy, rows_of
from sweep.audit.writing import writing


def test_a_healthy_corpus_shows_no_sign(tmp_path: Path) -> None:
    told = writing(rows_of(tmp_path, healthy(200)), 0)
    assert {name: one["rows"] for name, one in told["signs"].items() if one["rows"]} == {}
    assert told["language"] == {"main": "en", "others": {}}


def test_damage_of_one_class_is_counted_and_held_against_the_label(tmp_path: Path) -> None:
    given = healthy(200)
    for row in given:
        row["text"] += " It donâ€™t work<br />" if row["label"] else ""
    told = writing(rows_of(tmp_path, given), 0)["signs"]
    for name in ("broken_encoding", "markup"):
        assert told[name]["rows"] == sum(row["label"] for row in given)
        assert told[name]["correlation"] == pytest.approx(1)
        (lines,) = told[name]["lines"].values()
        assert lines[0] == 2 + next(at for at, row in enumerate(given) if row["label"])
    assert told["escapes"]["rows"] == 0


def test_another_language_is_told_with_its_share(tmp_path: Path) -> None:
    given = healthy(200)
    for row in given[:40]:
        row["text"] += (
            " und das ist nicht der Brief, den wir von ihnen gestern nach dem Essen haben wollten"
        )
        row["text"] = row["text"].partition(" und das")[2]
    told = writing(rows_of(tmp_path, given), 0)["language"]
    assert told["main"] == "en"
    assert list(told["others"]) == ["de"]
