from pathlib import Path

import pytest

from sweep.compose.catalogue import CONF, Catalogue
from sweep.errors import UserError


@pytest.fixture
def extra(tmp_path: Path) -> Path:
    (tmp_path / "search").mkdir()
    return tmp_path


def test_groups_and_files_are_those_of_both_folders(extra: Path) -> None:
    (extra / "search" / "mine.yaml").write_text("name: mine", encoding="utf-8")
    (extra / "search" / "notes.txt").write_text("nothing", encoding="utf-8")
    catalogue = Catalogue(extra)
    assert set(Catalogue().options("search")) | {"mine"} == set(catalogue.options("search"))
    assert {"data", "model", "search", "trainer"} <= set(catalogue.groups())


@pytest.mark.parametrize(
    "text",
    ["name: mine\nquestion: Why?", "# @package _global_\nsearch:\n  name: mine\n  question: Why?"],
    ids=["group", "overlay"],
)
def test_a_search_is_listed_with_its_question(extra: Path, text: str) -> None:
    (extra / "search" / "mine.yaml").write_text(text, encoding="utf-8")
    line = next(
        line for line in Catalogue(extra).searches().splitlines() if "+search=mine" in line
    )
    assert line.endswith("Why?")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("lstm_vs_gru", b"name: x", "would be hidden"),
        ("mine", b"name: [x", "is no YAML, line"),
        ("mine", b"name: caf\xe9", "must be UTF-8, but its byte 9"),
        ("mine", b"- name", "must hold lines of the form"),
        ("mine", b"defaults:\n- override hydra/job_logging: none", "Hydra's own settings"),
    ],
    ids=["hidden", "yaml", "encoding", "list", "hydra"],
)
def test_a_file_that_would_not_do_what_it_seems_is_refused(
    extra: Path, name: str, content: bytes, told: str
) -> None:
    (extra / "search" / f"{name}.yaml").write_bytes(content)
    with pytest.raises(UserError, match=told):
        Catalogue(extra).check()


def test_the_shipped_folder_may_be_named() -> None:
    Catalogue(CONF).check()


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="must name a folder"):
        Catalogue(tmp_path / "missing").check()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("name: sgd\nschedule: none", {"optimizer.name", "optimizer.schedule"}),
        (
            "# @package _global_\ndefaults: [override /model: gru]\nmodel: {hidden: 3}\nsearch: {trials: 2}",
            {"model.hidden"},
        ),
        ("# nothing", set()),
    ],
    ids=["group", "overlay", "empty"],
)
def test_a_file_is_known_by_what_it_sets(tmp_path: Path, text: str, names: set[str]) -> None:
    (tmp_path / "optimizer").mkdir()
    (tmp_path / "optimizer" / "mine.yaml").write_text(text, encoding="utf-8")
    assert Catalogue(tmp_path).settings("optimizer", "mine") == names
