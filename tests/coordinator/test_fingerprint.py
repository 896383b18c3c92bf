"""The fingerprint: what may change between two commands of a sweep, and what may not."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sweep.config import Config, ExecutorConfig, ModelConfig, SearchConfig, TrackingConfig
from sweep.coordinator.fingerprint import SHOWN, begin, check, difference, fingerprint
from sweep.data import Corpus, SplitCorpus
from sweep.errors import UserError
from sweep.search.space import Space, apply

HIDDEN = {"type": "categorical", "choices": [8, 16]}
TREE: dict[str, Any] = {"model": {"hidden": HIDDEN}}


def make_corpus(*, texts: tuple[str, ...] = ("a", "b", "c", "d"), test: int = 3) -> SplitCorpus:
    parts = np.array(["train", "train", "validation", "validation"])
    parts[test] = "test"
    labels = np.array([0, 1, 0, 1], dtype=np.int8)
    corpus = Corpus(name="c", texts=list(texts), labels=labels, positive="1", negative="0")
    return SplitCorpus(corpus=corpus, parts=parts)


def of(
    corpus: SplitCorpus | None = None,
    tree: dict[str, Any] = TREE,
    compare: str | None = None,
    trials: int = 2,
    parts: dict[str, Any] | None = None,
    **changes: Any,
) -> dict[str, Any]:
    search = SearchConfig(name="s", space=tree, compare=compare, trials=trials)
    base = Config(search=search, **(parts or {}))
    config = apply(base, {path.replace("__", "."): value for path, value in changes.items()})
    return fingerprint(config, corpus or make_corpus(), Space.parse(tree, config, compare))


def test_the_first_command_writes_it(tmp_path: Path) -> None:
    assert check(tmp_path, of(), "s") is False
    assert list(tmp_path.iterdir()) == []  # settings may still be refused for another reason
    begin(tmp_path, of())
    assert json.loads((tmp_path / "fingerprint.json").read_text(encoding="utf-8")) == of()
    assert check(tmp_path, of(), "s") is True


ACCEPTED: dict[str, Any] = {
    "workers": of(parts={"executor": ExecutorConfig(workers=7, timeout=3.0, attempts=9)}),
    "tracking": of(parts={"tracking": TrackingConfig(uri="http://127.0.0.1:5000")}),
    "trials": of(trials=99),
    "workdir": of(parts={"workdir": "elsewhere", "name": "renamed"}),
}


@pytest.mark.parametrize("now", ACCEPTED.values(), ids=ACCEPTED)
def test_what_may_change(tmp_path: Path, now: dict[str, Any]) -> None:
    begin(tmp_path, of())
    assert check(tmp_path, now, "s") is True


WIDER = {"model": {"hidden": HIDDEN | {"choices": [8, 32]}}}
REFUSED: dict[str, Any] = {
    "seed": (of(parts={"seed": 1}), "seed: was 0, is 1"),
    "bounds": (of(tree=WIDER), "16"),
    "arms": (of(compare="model.hidden"), "search.compare: was None, is model.hidden"),
    "more settings": (of(tree=TREE | {"optimizer": {"name": {"type": "categorical",
                      "choices": ["adam", "sgd"]}}}), "optimizer.name"),
    "texts": (of(make_corpus(texts=("a", "b", "c", "e"))), "corpus.sha256: was "),
    "parts": (of(make_corpus(test=2)), "corpus.sha256: was "),
    "text": (of(text__level="bpe"), "text.level: was word, is bpe"),
    "rate": (of(optimizer__learning_rate=0.5), "optimizer.learning_rate: was 0.002, is 0.5"),
    "metric": (of(objective__metric="f1"), "objective.metric: was average_precision, is f1"),
    "epochs": (of(trainer__max_epochs=3), "trainer.max_epochs: was 20, is 3"),
}  # fmt: skip


@pytest.mark.parametrize(("now", "shown"), REFUSED.values(), ids=REFUSED)
def test_what_may_not_change(tmp_path: Path, now: dict[str, Any], shown: str) -> None:
    begin(tmp_path, of())
    with pytest.raises(UserError, match="holds the sweep `s` of other settings or data") as told:
        check(tmp_path, now, "s")
    assert shown in str(told.value).split("\n", 1)[1]
    assert json.loads((tmp_path / "fingerprint.json").read_text(encoding="utf-8")) == of()


@pytest.mark.parametrize("searched", [False, True], ids=["given", "searched"])
def test_other_vectors_under_the_same_name_are_seen(tmp_path: Path, searched: bool) -> None:
    path = tmp_path / "vectors.txt"
    path.write_text("good 1 2\n", encoding="utf-8")
    leaf = {"type": "categorical", "choices": ["none", str(path)]}
    tree = {"model": {"vectors": leaf}} if searched else TREE
    changes = {} if searched else {"model__vectors": str(path)}
    (tmp_path / "sweep").mkdir()
    begin(tmp_path / "sweep", of(tree=tree, **changes))
    assert check(tmp_path / "sweep", of(tree=tree, **changes), "s") is True
    path.write_text("good 2 2\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"vectors\.txt: was "):
        check(tmp_path / "sweep", of(tree=tree, **changes), "s")


def test_vectors_that_are_not_there_are_refused_together() -> None:
    leaf = {"type": "categorical", "choices": ["none", "no.vec", "neither.vec"]}
    with pytest.raises(UserError) as refused:
        of(tree={"model": {"vectors": leaf}})
    assert len(refused.value.mistakes) == 2


def test_auto_counts_only_where_a_token_may_be_a_word() -> None:
    auto = {"model": ModelConfig(vectors="auto")}
    level = {"type": "categorical", "choices": ["bpe", "word"]}
    assert of(parts=auto)["vectors"].keys() == {"auto"}
    assert of(parts=auto, text__level="bpe")["vectors"] == {}
    both = of(tree={"text": {"level": level}}, parts=auto, text__level="bpe")
    assert both["vectors"].keys() == {"auto"}


def test_the_list_of_changes_is_cut(tmp_path: Path) -> None:
    before = {f"setting_{i}": 0 for i in range(SHOWN + 3)}
    begin(tmp_path, before)
    with pytest.raises(UserError, match="… and 3 more") as told:
        check(tmp_path, dict.fromkeys(before, 1), "s")
    assert str(told.value).count(": was 0, is 1") == SHOWN


@pytest.mark.parametrize(
    ("before", "now", "lines"),
    [
        ({}, {}, []),
        ({"a": {"b": 1}}, {"a": {"b": 1}}, []),
        ({"a": {"b": 1}}, {"a": {}}, ["a.b: was 1, is absent"]),
        ({}, {"a": [1]}, ["a: was absent, is [1]"]),
        ({"a": 1, "b": 1}, {"b": 2, "a": 3}, ["a: was 1, is 3", "b: was 1, is 2"]),
    ],
)
def test_differences(before: dict[str, Any], now: dict[str, Any], lines: list[str]) -> None:
    assert difference(before, now) == lines
