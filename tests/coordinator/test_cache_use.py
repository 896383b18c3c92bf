"""What of the cache goes with a sweep, and what another one still uses."""

from pathlib import Path
from typing import Any

import pytest

from support.split_corpora import split_corpus
from sweep.compose.compose import as_yaml
from sweep.config import Config, SearchConfig, TextConfig
from sweep.coordinator import fingerprint
from sweep.coordinator.cache_use import bytes_of, own_cache
from sweep.data import SplitCorpus
from sweep.search.space import Space, apply
from sweep.search.studies import open_studies
from sweep.text.cache import encoded, store_corpus
from sweep.text.settings import text_settings
from sweep.workspace import Workspace

LEVELS = {"text": {"level": {"type": "categorical", "choices": ["word", "character"]}}}


def begin(
    workdir: Path, name: str, corpus: SplitCorpus, trials: int = 1, **text: Any
) -> dict[str, Path]:
    """A sweep of so many trials: its studies, its settings, and what they need in the cache by level."""
    config = Config(
        name=name,
        workdir=str(workdir),
        text=TextConfig(min_frequency=1, **text),
        search=SearchConfig(name="s", space=LEVELS, trials=trials),
    )
    space = Space.of(config)
    about = fingerprint.noted(config, fingerprint.fingerprint(config, corpus, space))
    study = open_studies(config, space, about)["all"]
    files = Workspace(workdir).sweep(name)
    files.root.mkdir(parents=True, exist_ok=True)
    files.config.write_text(as_yaml(config), encoding="utf-8")
    folder = store_corpus(Workspace(workdir).cache, corpus)
    made = {}
    while proposal := study.next():
        trained = apply(config, proposal.values)
        made[str(trained.text.level)] = encoded(folder, text_settings(trained)).folder
    return made


def own(workdir: Path, name: str) -> set[Path]:
    return {path for path in own_cache(Workspace(workdir), name) if path.suffix != ".lock"}


def test_alone_it_takes_everything(tmp_path: Path) -> None:
    assert own_cache(Workspace(tmp_path), "a") == []
    begin(tmp_path, "a", split_corpus(0))
    assert own(tmp_path, "a") == {tmp_path / "cache"}


def test_a_corpus_of_its_own_goes_whole(tmp_path: Path) -> None:
    mine = begin(tmp_path, "a", split_corpus(0))
    begin(tmp_path, "b", split_corpus(1))
    assert own(tmp_path, "a") == {mine["word"].parent}


def test_of_a_shared_corpus_go_the_encodings_that_no_other_trial_had(tmp_path: Path) -> None:
    mine = begin(tmp_path, "a", split_corpus(0), trials=8)
    assert set(mine) == {"word", "character"}
    begin(tmp_path, "b", split_corpus(0))
    assert own(tmp_path, "a") == {mine["character"]}
    assert own(tmp_path, "b") == set()


def test_vectors_go_with_their_vocabulary(tmp_path: Path) -> None:
    mine = begin(tmp_path, "a", split_corpus(0), lowercase=False)
    begin(tmp_path, "b", split_corpus(0))
    vectors = mine["word"].with_name(mine["word"].name + "-vectors-ab")
    vectors.mkdir()
    assert own(tmp_path, "a") == {mine["word"], vectors}


@pytest.mark.parametrize("ill", ["no settings", "old settings", "being started"])
def test_what_another_sweep_may_use_stays(tmp_path: Path, ill: str) -> None:
    mine = begin(tmp_path, "a", split_corpus(0), trials=8)
    files = Workspace(tmp_path).sweep("b")
    if ill == "being started":  # and nobody knows yet on which corpus
        files.root.mkdir()
        files.lock.touch()
    else:
        begin(tmp_path, "b", split_corpus(0))
        files.config.write_text("seeed: 1\n") if ill == "old settings" else files.config.unlink()
    assert own(tmp_path, "a") == set()
    assert mine["character"].is_dir()


def test_sizes_add_up(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x").write_bytes(b"123")
    (tmp_path / "y").write_bytes(b"4567")
    (tmp_path / "link").symlink_to(tmp_path / "y")
    assert (bytes_of(tmp_path), bytes_of(tmp_path / "y"), bytes_of(tmp_path / "no")) == (7, 4, 0)
