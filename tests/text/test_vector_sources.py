"""Where vectors come from: names, files, and their content."""

from dataclasses import replace
from pathlib import Path

import pytest

from sweep.errors import UserError
from sweep.text import vector_sources
from sweep.text.vector_sources import (
    PACKAGES,
    Package,
    Source,
    contents,
    digest,
    installed,
    sources,
)

ABSENT = Package(
    name="absent_50",
    distribution="no-such-vectors",
    module="no_such_vectors",
    vectors="v.npy",
    words="v.parquet",
    about="none",
)


def test_none_stands_for_none() -> None:
    assert sources("none") == []


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_a_name_stands_for_its_installed_package(package: Package) -> None:
    (source,) = sources(package.name)
    assert source == installed(package)
    assert all(file.is_file() for file in source.files)
    assert source in sources("auto")


def test_a_package_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vector_sources, "PACKAGES", (ABSENT,))
    assert sources("auto") == []
    with pytest.raises(UserError, match="pip install no-such-vectors"):
        sources("absent_50")


def test_a_package_is_found_without_running_its_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "words_9"
    folder.mkdir()
    (folder / "__init__.py").write_text("raise RuntimeError", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    package = replace(ABSENT, name="words_9", module="words_9")
    monkeypatch.setattr(vector_sources, "PACKAGES", (ABSENT, package))
    found = Source("words_9", folder / "v.npy", folder / "v.parquet")
    assert sources("auto") == sources("words_9") == [found]


def test_a_mistyped_name_is_told_with_the_nearest() -> None:
    with pytest.raises(UserError, match="Did you mean `glove_6b_50`"):
        sources("glove_6b_5")


def test_the_content_decides_and_is_read_once(tmp_path: Path) -> None:
    file, cache = tmp_path / "v.txt", tmp_path / "cache"
    cache.mkdir()
    file.write_text("good 1 2\n")
    (source,) = sources(str(file))
    first = digest(source, cache)
    assert digest(source, cache) == first == digest(source, tmp_path / "none")
    assert len(list(cache.iterdir())) == 1
    file.write_text("good 1 3 \n")
    assert digest(source, cache) != first


@pytest.mark.parametrize("note", ["", "{", "[]", "{}"])
def test_a_damaged_note_of_a_digest_is_written_anew(tmp_path: Path, note: str) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    (tmp_path / "v.txt").write_text("good 1 2\n")
    (source,) = sources(str(tmp_path / "v.txt"))
    first = digest(source, cache)
    (kept,) = cache.iterdir()
    whole = kept.read_text()
    kept.write_text(note)
    assert digest(source, cache) == first
    assert kept.read_text() == whole


def test_all_that_is_missing_is_told_together(tmp_path: Path) -> None:
    with pytest.raises(UserError) as refused:
        contents(["none", "a.txt", "b.txt"], tmp_path)
    assert len(refused.value.mistakes) == 2
    assert contents(["none"], tmp_path) == {"none": []}
