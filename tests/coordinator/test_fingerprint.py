"""The fingerprint: what may change between two commands of a sweep, and what may not."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from optuna.study import StudyDirection

from sweep.config import (
    Config,
    DataConfig,
    ExecutorConfig,
    ModelConfig,
    SearchConfig,
    TrackingConfig,
)
from sweep.coordinator.fingerprint import SHOWN, check, difference, fingerprint, noted
from sweep.data import Corpus, SplitCorpus
from sweep.errors import UserError
from sweep.files import write_json
from sweep.search.ledger import open_storage
from sweep.search.space import Space, apply
from sweep.workspace import Workspace

HIDDEN = {"type": "categorical", "choices": [8, 16]}
TREE: dict[str, Any] = {"model": {"hidden": HIDDEN}}


def make_corpus(*, texts: tuple[str, ...] = ("a", "b", "c", "d"), test: int = 3) -> SplitCorpus:
    parts = np.array(["train", "train", "validation", "validation"])
    parts[test] = "test"
    labels = np.array([0, 1, 0, 1], dtype=np.int8)
    corpus = Corpus(name="c", texts=list(texts), labels=labels, positive="1", negative="0")
    return SplitCorpus(corpus=corpus, parts=parts)


def config_of(
    tree: dict[str, Any] = TREE,
    compare: str | None = None,
    trials: int = 2,
    parts: dict[str, Any] | None = None,
    **changes: Any,
) -> Config:
    search = SearchConfig(name="s", space=tree, compare=compare, trials=trials)
    base = Config(search=search, **(parts or {}))
    return apply(base, {path.replace("__", "."): value for path, value in changes.items()})


def of(corpus: SplitCorpus | None = None, **given: Any) -> dict[str, Any]:
    config = config_of(**given)
    tree, compare = config.search.space, config.search.compare
    return fingerprint(config, corpus or make_corpus(), Space.parse(tree, config, compare))


def at(workdir: Path, **data: Any) -> Config:
    """The sweep's configuration as `check` sees it: where it lies, and which file it reads."""
    return replace(config_of(), workdir=str(workdir), data=DataConfig(**data))


def begin(workdir: Path, about: dict[str, Any], *, sweep: str = "s", trial: bool = True) -> None:
    """What a sweep's first trial leaves: a study that keeps what the sweep was begun with."""
    storage = open_storage(Workspace(workdir).optuna)
    study = storage.create_new_study([StudyDirection.MAXIMIZE], f"{sweep}/all")
    for name, value in about.items():
        storage.set_study_user_attr(study, name, value)
    if trial:
        storage.create_new_trial(study)


def of_early_version(workdir: Path, about: dict[str, Any]) -> None:
    """An early version's file: the space one step deeper, beside the setting that is compared."""
    search = about["search"]
    about = about | {"search": search | {"space": search}}
    write_json(Workspace(workdir).sweep("s").fingerprint, about)


def test_nothing_is_written_before_the_first_trial(tmp_path: Path) -> None:
    assert check(at(tmp_path), of()) is False
    assert list(tmp_path.iterdir()) == []  # settings may still be refused for another reason


def test_a_study_without_trials_binds_nobody(tmp_path: Path) -> None:
    begin(tmp_path, noted(at(tmp_path), of(parts={"seed": 7})), trial=False)
    assert check(at(tmp_path), of()) is False


def test_another_sweep_binds_nobody(tmp_path: Path) -> None:
    begin(tmp_path, noted(at(tmp_path), of(parts={"seed": 7})), sweep="other")
    begin(tmp_path, noted(at(tmp_path), of(parts={"seed": 7})) | {"sweep": "s/b"}, sweep="s/b")
    assert check(at(tmp_path), of()) is False


def test_what_an_early_version_began_is_held_to_its_file(tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    begin(tmp_path, {})
    with pytest.raises(UserError, match=r"early version.*fingerprint\.json, which is gone"):
        check(at(tmp_path), of())
    of_early_version(tmp_path, of())
    assert check(at(tmp_path), of()) is True
    with pytest.raises(UserError, match=r"search\.space\.model\.hidden\.choices: was"):
        check(at(tmp_path), of(tree=WIDER))


ACCEPTED: dict[str, Any] = {
    "workers": of(parts={"executor": ExecutorConfig(workers=7, timeout=3.0, attempts=9)}),
    "tracking": of(parts={"tracking": TrackingConfig(uri="http://127.0.0.1:5000")}),
    "trials": of(trials=99),
    "minutes": of(search__minutes=30.0),
    "workdir": of(parts={"workdir": "elsewhere", "name": "renamed"}),
    "probe": of(trainer__probe=False),
}


@pytest.mark.parametrize("now", ACCEPTED.values(), ids=ACCEPTED)
def test_what_may_change(tmp_path: Path, now: dict[str, Any]) -> None:
    begin(tmp_path, noted(at(tmp_path), of()))
    assert check(at(tmp_path), now) is True


WIDER = {"model": {"hidden": HIDDEN | {"choices": [8, 32]}}}
REFUSED: dict[str, Any] = {
    "seed": (of(parts={"seed": 1}), "seed: was 0, is 1"),
    "bounds": (of(tree=WIDER), "search.space.model.hidden.choices: was [8, 16], is [8, 32]"),
    "arms": (of(compare="model.hidden"), "search.compare: was null, is model.hidden"),
    "more settings": (of(tree=TREE | {"optimizer": {"name": {"type": "categorical",
                      "choices": ["adam", "sgd"]}}}), "optimizer.name"),
    "texts": (of(make_corpus(texts=("a", "b", "c", "e"))), "the corpus"),
    "parts": (of(make_corpus(test=2)), "the corpus"),
    "text": (of(text__level="bpe"), "text.level: was word, is bpe"),
    "rate": (of(optimizer__learning_rate=0.5), "optimizer.learning_rate: was 0.002, is 0.5"),
    "random share": (
        of(search__random_share=0.5), "search.random_share: was 0.25, is 0.5",
    ),
    "metric": (of(objective__metric="f1"), "objective.metric: was average_precision, is f1"),
    "epochs": (of(trainer__max_epochs=3), "trainer.max_epochs: was 20, is 3"),
}  # fmt: skip


@pytest.mark.parametrize(("now", "shown"), REFUSED.values(), ids=REFUSED)
def test_what_may_not_change(tmp_path: Path, now: dict[str, Any], shown: str) -> None:
    begin(tmp_path, noted(at(tmp_path), of()))
    with pytest.raises(UserError, match="trials of the sweep `s` under other settings") as told:
        check(at(tmp_path), now)
    assert shown in str(told.value).split("\n", 1)[1]
    assert check(at(tmp_path), of()) is True


@pytest.mark.parametrize(
    ("then", "now", "told"),
    [
        ({"path": "a.csv"}, {"path": "b.csv"}, "the corpus: was data.path=a.csv, is data.path=b.csv (4 rows then, 4"),
        ({"path": "a.csv"}, {"path": "a.csv"}, "the corpus data.path=a.csv: its texts, labels or parts are others"),
        ({}, {"path": "a.csv", "label": 1}, "was the built-in corpus, is data.path=a.csv data.label=1 ("),
        ({"train": "a.csv"}, {}, "was data.train=a.csv, is the built-in corpus ("),
    ],
    ids=["another file", "changed", "from built-in", "to built-in"],
)  # fmt: skip
def test_another_corpus_is_told_by_its_file(
    tmp_path: Path, then: dict[str, Any], now: dict[str, Any], told: str
) -> None:
    begin(tmp_path, noted(at(tmp_path, **then), of()))
    with pytest.raises(UserError) as refused:
        check(at(tmp_path, **now), of(make_corpus(test=2)))
    line = str(refused.value).split("\n")[1]
    assert told in line
    assert "sha256" not in str(refused.value)


@pytest.mark.parametrize("searched", [False, True], ids=["given", "searched"])
def test_other_vectors_under_the_same_name_are_seen(tmp_path: Path, searched: bool) -> None:
    path = tmp_path / "vectors.txt"
    path.write_text("good 1 2\n", encoding="utf-8")
    leaf = {"type": "categorical", "choices": ["none", str(path)]}
    tree = {"model": {"vectors": leaf}} if searched else TREE
    changes = {} if searched else {"model__vectors": str(path)}
    begin(tmp_path, noted(at(tmp_path), of(tree=tree, **changes)))
    assert check(at(tmp_path), of(tree=tree, **changes)) is True
    path.write_text("good 2 2\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"vectors\.txt: was "):
        check(at(tmp_path), of(tree=tree, **changes))


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
    begin(tmp_path, noted(at(tmp_path), before))
    with pytest.raises(UserError, match="… and 3 more") as told:
        check(at(tmp_path), dict.fromkeys(before, 1))
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
