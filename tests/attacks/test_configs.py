"""No configuration runs code, reads the environment, takes more than two seconds or reaches out of its folder."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from support.hostile_configs import FILES, SECRET, VALUE, Hostile, hostile_configs
from sweep.compose.compose import as_yaml, compose, from_yaml
from sweep.compose.flags import read_flags
from sweep.compose.yaml_file import BoundsError, read_yaml, resolves
from sweep.config import Config, SearchConfig
from sweep.errors import UserError
from sweep.search.space import Space
from sweep.workspace import Workspace

LONGEST_S = 2.0
Tried = Callable[[Hostile], None]


@pytest.fixture(scope="module")
def written() -> str:
    return as_yaml(compose(read_flags(["+search=smoke"])))


@pytest.fixture
def tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tried]:
    """Gives an attempt to the program, as its door has it, and sees what came of it."""
    inside = tmp_path / "outside" / "inside"
    (inside / "own" / "search").mkdir(parents=True)
    monkeypatch.chdir(inside)
    monkeypatch.setenv(SECRET, VALUE)

    def settings(attempt: Hostile) -> Config:
        file = inside / "given.yaml"
        if attempt.door == "search":
            file = inside / "own" / "search" / "mine.yaml"
        file.write_text(attempt.content, encoding="utf-8")
        words = {
            "words": ["+search=smoke", *attempt.words],
            "patch": ["+search=smoke", "--patch", str(file)],
            "search": ["+search=mine", "--config-dir", str(inside / "own")],
        }
        if attempt.door == "config":
            return from_yaml(file)
        return compose(read_flags(words[attempt.door]))

    def once(attempt: Hostile) -> None:
        began = time.process_time()
        refused, config, space = "", None, None
        try:
            config = settings(attempt)
            space = Space.of(config) if isinstance(config.search, SearchConfig) else None
        except UserError as error:
            refused = str(error)
        assert VALUE not in refused
        if config is not None:
            assert VALUE not in as_yaml(config)
            if space is not None:
                folder = Workspace(Path(config.workdir)).sweep(config.sweep)
                assert folder.root.parent == Path(config.workdir)
                for arm in space.arms:
                    trial = folder.trial(f"{arm}-0").root
                    assert trial.parent == folder.root / "trials"
                    assert trial.name not in (".", "..")
        # Processor time, which a loaded machine does not lengthen.
        assert time.process_time() - began < LONGEST_S

    yield once
    known = {inside, inside / "own", inside / "own" / "search"}
    known |= {inside / "given.yaml", inside / "own" / "search" / "mine.yaml"}
    assert set((tmp_path / "outside").rglob("*")) <= known


@pytest.fixture
def canary(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "canary"
    assert not (tmp_path / "canary").exists()


@pytest.mark.parametrize("content", FILES, ids=range(len(FILES)))
def test_no_file_of_this_kind_is_large_once_it_is_read(content: str, tmp_path: Path) -> None:
    file = tmp_path / "file.yaml"
    file.write_text(content, encoding="utf-8")
    began = time.process_time()
    try:
        found = read_yaml(file)
    except (BoundsError, UnicodeDecodeError, yaml.YAMLError):
        found = None
    assert len(repr(found)) < 200_000
    assert time.process_time() - began < LONGEST_S


@pytest.mark.parametrize(
    ("value", "computes"),
    [
        ("${oc.env:HOME}", True), ("a ${oc.env:HOME,x} b", True), ("${${data.text}:HOME}", True),
        (r"\\${oc.env:HOME}", True), (r"\${oc.env:HOME}", False), ("${seed}", False), ("a:b", False),
        ("C:\\x", False), (3, False), (None, False), ("x:${seed}", False),
    ],
)  # fmt: skip
def test_what_computes_a_value(value: object, computes: bool) -> None:
    assert resolves(value) is computes


@pytest.mark.parametrize(
    "word",
    ["workdir=${oc.env:SECRET}", "data.path=${oc.env:SECRET}", "seed=${oc.env:SECRET}"],
)
def test_a_setting_that_reads_the_environment_is_refused(
    word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SECRET, "12")
    with pytest.raises(UserError, match="may read the environment"):
        compose(read_flags(["+search=smoke", word.replace("SECRET", SECRET)]))


def test_hostile_configs_do_no_harm(tried: Tried, canary: Path, written: str) -> None:
    for attempt in hostile_configs(20, 0, canary, written):
        tried(attempt)


@pytest.mark.slow
@pytest.mark.timeout(3_600)
def test_many_hostile_configs_do_no_harm(tried: Tried, canary: Path, written: str) -> None:
    count = int(os.environ.get("SWEEP_HOSTILE_CONFIGS", "150"))
    for attempt in hostile_configs(count, 1, canary, written):
        tried(attempt)
