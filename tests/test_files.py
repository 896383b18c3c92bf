"""Files that appear whole."""

import hashlib
import os
from pathlib import Path

import pytest

from sweep import files
from sweep.files import json_lines, sha256, whole_folder, write_json, write_whole


@pytest.mark.parametrize("content", ["", "é\n", b"\x00\xff", "x" * 100_000])
def test_what_is_written_is_read(tmp_path: Path, content: str | bytes) -> None:
    path = tmp_path / "file"
    path.write_text("older and longer than the new one")
    write_whole(path, content)
    data = content.encode() if isinstance(content, str) else content
    assert path.read_bytes() == data
    assert sha256(path) == hashlib.sha256(data).hexdigest()
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("broken", ["fsync", "replace"])
def test_a_failure_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    path = tmp_path / "file"
    write_whole(path, "old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(*{"fsync": (os, "fsync"), "replace": (Path, "replace")}[broken], fail)
    with pytest.raises(OSError, match="No space left"):
        write_whole(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("at_once", [True, False])
def test_the_disk_is_waited_for_where_that_is_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: bool
) -> None:
    flushed: list[Path] = []
    monkeypatch.setattr(files, "flush", flushed.append)
    write_whole(tmp_path / "a.txt", "whole", at_once=at_once)
    assert (tmp_path / "a.txt").read_text() == "whole"
    assert [path.parent for path in flushed] == ([tmp_path] if at_once else [])
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_json_keeps_letters(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", {"arm": "café", "n": [1, 2.5, None]})
    text = (tmp_path / "a.json").read_text(encoding="utf-8")
    assert text == '{\n "arm": "café",\n "n": [\n  1,\n  2.5,\n  null\n ]\n}\n'


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {"deep": [float("nan")]}, object()])
def test_what_json_has_not_is_refused(tmp_path: Path, value: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        write_json(tmp_path / "a.json", value)
    assert list(tmp_path.iterdir()) == []


def test_what_a_crash_between_two_renamings_left_is_not_lost(tmp_path: Path) -> None:
    earlier, path = tmp_path / ".model.old", tmp_path / "model"
    earlier.mkdir()
    (earlier / "file").write_text("good")
    with whole_folder(path) as partial:
        assert (path / "file").read_text() == "good"
        (partial / "file").write_text("newer")
    (tmp_path / "model").rename(earlier)
    with pytest.raises(FileNotFoundError), whole_folder(path) as partial:
        (partial / "none").unlink()
    assert (path / "file").read_text() == "newer"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        (None, []),
        ("", []),
        ('{"a": 1}\n{"a": 2}\n', [{"a": 1}, {"a": 2}]),
        ('{"a": 1}\n{"a', [{"a": 1}]),
        ('{"a": 1}\n12', [{"a": 1}]),
    ],
    ids=["no file", "nothing", "whole", "a cut object", "a cut line that is JSON"],
)
def test_lines_of_json_are_read_as_far_as_they_are_whole(
    tmp_path: Path, text: str | None, whole: list[dict[str, int]]
) -> None:
    path = tmp_path / "lines.jsonl"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    assert json_lines(path) == whole
