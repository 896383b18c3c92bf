"""A sweep's studies: what they keep about it, and which of a database's are its own."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import optuna
import pytest

from support.arm_studies import TREE, make_config
from sweep.config import Config, SamplerName
from sweep.errors import UserError
from sweep.search.ledger import open_storage
from sweep.search.space import Space
from sweep.search.studies import kept_studies, open_studies
from sweep.storage.place import Place
from sweep.workspace import Workspace

ABOUT = {"fingerprint": {"seed": 0}, "data": {"path": "a.csv"}}


def config_at(folder: Path, name: str = "one", **changes: Any) -> Config:
    return replace(make_config(TREE, name), workdir=str(folder), **changes)


def begin(config: Config, about: dict[str, Any], arm: str = "lstm") -> None:
    assert open_studies(config, Space.of(config), about)[arm].next() is not None


def test_a_study_keeps_what_it_was_begun_with(tmp_path: Path) -> None:
    config = config_at(tmp_path)
    path = Workspace(tmp_path).optuna
    assert kept_studies(Place(path), "one") == []
    assert list(tmp_path.iterdir()) == []
    open_studies(config, Space.of(config), ABOUT)
    assert kept_studies(Place(path), "one") == []  # no trial, no study
    begin(config, ABOUT)
    (kept,) = kept_studies(Place(path), "one")
    assert (kept.trials, kept.about) == (1, ABOUT | {"sweep": "one"})


def test_opening_again_notes_what_is_new(tmp_path: Path) -> None:
    config = config_at(tmp_path)
    begin(config, {})  # by an early version
    open_studies(config, Space.of(config))
    assert kept_studies(Place(Workspace(tmp_path).optuna), "one")[0].about == {}
    open_studies(config, Space.of(config), ABOUT | {"data": {}})
    open_studies(config, Space.of(config), ABOUT)
    assert kept_studies(Place(Workspace(tmp_path).optuna), "one")[0].about == ABOUT | {
        "sweep": "one"
    }


@pytest.mark.parametrize("about", [{}, ABOUT], ids=["early version", "this one"])
def test_a_name_that_begins_alike_is_another_sweep(tmp_path: Path, about: dict[str, Any]) -> None:
    for name, arm in (("one", "gru"), ("one", "lstm"), ("one_more", "lstm"), ("on", "gru")):
        begin(config_at(tmp_path, name), about, arm)
    path = Workspace(tmp_path).optuna
    found = {name: len(kept_studies(Place(path), name)) for name in ("one", "one_more", "on", "o")}
    assert found == {"one": 2, "one_more": 1, "on": 1, "o": 0}


def test_looking_makes_no_database(tmp_path: Path) -> None:
    config = config_at(tmp_path)
    studies = open_studies(config, Space.of(config), create=False)
    assert {arm: study.records() for arm, study in studies.items()} == {"lstm": [], "gru": []}
    assert list(tmp_path.iterdir()) == []
    config.sampler.name = SamplerName.grid  # the space holds a range, which it cannot list
    with pytest.raises(UserError, match="grid"):
        open_studies(config, Space.of(config), create=False)
    assert list(tmp_path.iterdir()) == []


def test_a_kill_between_study_and_attributes_is_mended(tmp_path: Path) -> None:
    config = config_at(tmp_path)
    storage = open_storage(Workspace(tmp_path).optuna)
    storage.create_new_study([optuna.study.StudyDirection.MAXIMIZE], "one/lstm")
    begin(config, ABOUT)
    (kept,) = kept_studies(Place(Workspace(tmp_path).optuna), "one")
    assert (kept.trials, kept.about) == (1, ABOUT | {"sweep": "one"})
