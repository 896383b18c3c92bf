"""Files between the coordinator and its nodes arrive whole, once, and where they belong."""

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from support.ill_workers import job
from sweep.errors import SweepError
from sweep.executors.ray import parcel
from sweep.plugins.tables import Plugin
from sweep.text.cache import load_texts
from sweep.workspace import NodeFolder

if TYPE_CHECKING:
    from conftest import SmallCorpus


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NodeFolder:
    monkeypatch.setattr(parcel.tempfile, "gettempdir", lambda: str(tmp_path / "node"))
    (tmp_path / "node").mkdir()
    return parcel.node_folder()


def test_a_corpus_arrives_whole_and_is_read_there(
    small_corpus: "SmallCorpus", node: NodeFolder
) -> None:
    there = node.cache / small_corpus.folder.name
    for part in parcel.parts_of(small_corpus.folder):
        assert not parcel.has_part(there, part)
        parcel.receive(parcel.pack_part(small_corpus.folder, part), there, part)
        assert parcel.has_part(there, part)
    assert load_texts(there, "train")[0] == load_texts(small_corpus.folder, "train")[0]


def test_a_damaged_part_is_refused_and_leaves_nothing(
    small_corpus: "SmallCorpus", node: NodeFolder
) -> None:
    there = node.cache / small_corpus.folder.name
    first, *others = parcel.pack_part(small_corpus.folder, ".")
    flipped = bytes([first.content[0] ^ 1]) + first.content[1:]
    with pytest.raises(SweepError, match="arrived as"):
        parcel.receive([replace(first, content=flipped), *others], there, ".")
    assert not there.exists()


@pytest.mark.parametrize("name", ["../out", "a/../../out", "/out"])
def test_no_file_lands_outside_its_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "out").write_text("x")
    packed = replace(parcel.packed(tmp_path, ["out"])[0], name=name)
    with pytest.raises(SweepError, match="outside"):
        parcel.unpack([packed], tmp_path / "in" / "deep")


def test_a_nodes_folder_of_somebody_else_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, node: NodeFolder
) -> None:
    node.root.chmod(0o755)
    with pytest.raises(SweepError, match="nobody else"):
        parcel.node_folder()


def test_a_job_finds_its_corpus_and_its_plugins_on_the_node(
    tmp_path: Path, node: NodeFolder
) -> None:
    (node.cache / "corpus").mkdir(parents=True)
    file = tmp_path / "mine.py"
    file.write_text("x = 1\n")
    own = Plugin(name="mine.py", digest="d", place=str(file))
    package = Plugin(name="p", digest="1", place="p.module", installed=True)
    asked = replace(job(tmp_path), corpus=tmp_path / "cache" / "corpus", plugins=(own, package))
    code = parcel.code_of(asked.plugins)
    assert [plugin for plugin, _ in code] == [own]
    file.unlink()
    moved = parcel.settled(asked, node, code)
    assert moved.corpus == node.cache / "corpus"
    assert moved.folder.is_relative_to(node.trials)
    assert Path(moved.plugins[0].place).read_text() == "x = 1\n"
    assert moved.plugins[1] == package


def test_corpora_that_nothing_uses_are_forgotten(
    node: NodeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("old", "new"):
        (node.cache / name).mkdir(parents=True)
    os.utime(node.cache / "old", (0, 0))
    parcel.forget_old(node)
    assert [folder.name for folder in node.cache.iterdir()] == ["new"]
