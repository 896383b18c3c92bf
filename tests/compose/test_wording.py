import pytest
from omegaconf import OmegaConf

from sweep.compose import wording
from sweep.config import Config, SearchConfig


@pytest.mark.parametrize(
    ("path", "known", "group"),
    [
        ("model", True, True),
        ("model.hidden", True, False),
        ("seed", True, False),
        ("search.space.anything.below", True, False),
        ("model.hiden", False, False),
        ("", False, False),
    ],
)
def test_paths_are_told_apart(path: str, known: bool, group: bool) -> None:
    assert (wording.is_known(path), wording.is_group(path)) == (known, group)


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("model.hiden", "`model.hidden`"),
        ("hidden", "`model.hidden`"),
        ("patience", "`trainer.patience`"),
    ],
)
def test_an_unknown_path_names_what_may_be_meant(path: str, meant: str) -> None:
    assert meant in wording.unknown(path)


def test_a_path_near_to_nothing_names_nothing() -> None:
    assert "Did you mean" not in wording.unknown("zzz.qqq")


def test_every_group_is_checked_and_every_mistake_told() -> None:
    tree = OmegaConf.structured(Config)
    tree.search = SearchConfig
    tree.model.hidden = 0
    tree.trainer.patience = 0
    config, mistakes = wording.objects(tree)
    assert config is None
    assert [m.split()[0] for m in mistakes] == [
        "model.hidden",
        "trainer.patience",
        "`search.name`",
    ]


def test_put_changes_the_tree_only_where_it_is_no_mistake() -> None:
    tree = OmegaConf.structured(Config)
    assert wording.put(tree, "", "model.hidden", 3) == []
    assert len(wording.put(tree, "", "model.hidden", "x")) == 1
    assert tree.model.hidden == 3
