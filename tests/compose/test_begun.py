"""A sweep that exists is named, and nothing else has to be repeated."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from support.plugins import examples, forget
from sweep.compose.begun import begun, recorded_as, settings_of
from sweep.compose.compose import as_yaml, compose
from sweep.compose.flags import read_flags
from sweep.config import Config
from sweep.errors import UserError
from sweep.workspace import Workspace

GIVEN = ["data.path=tweets.csv", "model.hidden=32", "search.space.model.layers.high=1", "text=bpe"]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Config]:
    """Leaves a sweep's settings as its command does, in a folder that becomes the working directory."""
    monkeypatch.chdir(tmp_path)

    def written(*words: str) -> Config:
        config = compose(read_flags(list(words)))
        files = Workspace(Path(config.workdir)).sweep(config.sweep)
        files.root.mkdir(parents=True)
        files.config.write_text(as_yaml(config), encoding="utf-8")
        return config

    return written


def found(*words: str) -> Config:
    return begun(read_flags(list(words)))


def mistakes(*words: str) -> str:
    with pytest.raises(UserError) as refused:
        found(*words)
    return "\n".join(refused.value.mistakes)


@pytest.mark.parametrize(
    "words",
    [
        ["name=airline"],
        ["+search=lstm_vs_gru", "name=airline"],
        ["name=nothing", "name=airline"],
        ["+search=lstm_vs_gru", "name=airline", *GIVEN],
        ["name=airline", "data.path=tweets.csv"],
    ],
    ids=["name", "with its search", "the later name", "all again", "some again"],
)
def test_a_name_is_enough(write: Callable[..., Config], words: list[str]) -> None:
    config = write("+search=lstm_vs_gru", "name=airline", *GIVEN)
    assert found(*words) == config


def test_a_sweep_named_like_its_search(write: Callable[..., Config]) -> None:
    config = write("+search=smoke", "seed=3")
    assert found("+search=smoke") == found("name=smoke") == replace(config, name="smoke")


def test_its_folder_may_have_moved(write: Callable[..., Config], tmp_path: Path) -> None:
    write("+search=smoke", "name=airline")
    (tmp_path / "runs").rename(tmp_path / "archive")
    assert "runs holds no sweep `airline`" in mistakes("name=airline")
    assert found("name=airline", "workdir=archive").workdir == "archive"
    (tmp_path / "archive" / "airline").rename(tmp_path / "archive" / "tweets")
    assert settings_of(Workspace(tmp_path / "archive"), "tweets").sweep == "tweets"


def test_a_search_of_ones_own_needs_no_folder_again(
    write: Callable[..., Config], tmp_path: Path
) -> None:
    (tmp_path / "my_conf" / "search").mkdir(parents=True)
    text = "name: mine\nspace:\n  model:\n    hidden: {type: categorical, choices: [8, 16]}\n"
    (tmp_path / "my_conf" / "search" / "mine.yaml").write_text(text)
    write("+search=mine", "--config-dir", "my_conf")
    assert found("name=mine").search.space["model"]["hidden"]["choices"] == [8, 16]


def test_what_is_given_beside_the_name_counts(write: Callable[..., Config]) -> None:
    write("+search=lstm_vs_gru", "name=airline", *GIVEN)
    changed = found("name=airline", "tracking.uri=http://h:1", "seed=9")
    assert (changed.tracking.uri, changed.seed, changed.model.hidden) == ("http://h:1", 9, 32)
    again = found("+search=lstm_vs_gru", "name=airline", "model=gru")  # a group: all as typed
    assert (again.data.path, str(again.model.cell)) == (None, "gru")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], ["Which sweep? Add name=NAME", "There are, as name=: airline, weather."]),
        (["name=airlin"], ["runs holds no sweep `airlin`. Did you mean `airline`?"]),
        (["name=airline", "workdir=elsewhere"], ["elsewhere holds no sweep", "There is none"]),
        (["name=null"], ["Which sweep?"]),
        (["+search=smoke", "name=airline"], ["of the search `lstm_vs_gru`, not of `smoke`"]),
        (["name=airline", "model.hiden=3"], ["`model.hiden` is no setting. Did you mean"]),
        (["name=airline", "text=bpe"], ["`text` is a group of settings"]),
        (["name=airline", "a b", "seed=x"], ["`a b` sets nothing", "`seed` takes a whole number"]),
    ],
    ids=lambda case: " ".join(case),
)
def test_mistakes(write: Callable[..., Config], words: list[str], told: list[str]) -> None:
    write("+search=lstm_vs_gru", "name=airline")
    write("+search=smoke", "name=weather")
    said = mistakes(*words)
    assert [part for part in told if part not in said] == []


def test_a_sweep_that_was_not_begun_has_the_settings_given(write: Callable[..., Config]) -> None:
    assert found("+search=smoke", "name=new", "seed=4").seed == 4


def test_settings_of_another_version_are_told(write: Callable[..., Config]) -> None:
    write("+search=smoke")
    file = Path("runs/smoke/config.yaml")
    file.write_text(file.read_text().replace("seed: 0", "sead: 0"))
    assert "config.yaml was not written by this version" in mistakes("name=smoke")


def test_what_needs_a_plugin_says_which_part(
    write: Callable[..., Config], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    examples(tmp_path)
    own = ["--plugin", str(tmp_path / "leaky.py"), "--plugin", str(tmp_path / "replies.py")]
    try:
        write(
            "+search=lstm_vs_gru", "name=mine", "text.cleaning=replies", *own,
            "search.space.model.cell.choices=[lstm,leaky]",
        )  # fmt: skip
        assert found("name=mine", *own).text.cleaning == "replies"
        forget()
        told = mistakes("name=mine")
    finally:
        forget()
    for part in ("plugins.leaky", "plugins.replies", "model.cell=leaky", "text.cleaning=replies"):
        assert part in told
    assert told.endswith("Add --plugin FILE, the file that its sweep was run with.")
    recorded = recorded_as(Workspace(Path("runs")), "mine")
    assert (recorded.sweep, recorded.workdir) == ("mine", "runs")
