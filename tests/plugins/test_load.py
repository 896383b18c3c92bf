"""Loading: files and installed packages, what is wrong with them, and the same code in another process."""

import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from types import SimpleNamespace

import pytest

from support.plugins import examples, forget
from sweep.compose.compose import compose
from sweep.compose.flags import read_flags
from sweep.config.settings import own_settings, replaced, settings, value_of
from sweep.errors import UserError
from sweep.files import sha256
from sweep.plugins import load
from sweep.plugins.tables import CELLS, LOSSES, NETWORKS
from sweep.search.space import Space

LOSS = """
from sweep.plugins import loss
@loss("mine")
def mine(logits, targets):
    return {}
"""


@pytest.fixture(autouse=True)
def _none_stays() -> Iterator[None]:
    yield
    forget()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    examples(tmp_path)
    return tmp_path


def write(folder: Path, content: str, name: str = "mine.py") -> Path:
    file = folder / name
    file.write_text(content, encoding="utf-8")
    return file


def test_a_file_is_loaded_once(folder: Path) -> None:
    (plugin,) = load.load_files([folder / "leaky.py"])
    assert (plugin.name, plugin.digest) == ("leaky.py", sha256(folder / "leaky.py"))
    made = CELLS["leaky"].get()
    assert load.load_files([str(folder / "leaky.py")]) == [plugin]
    assert CELLS["leaky"].get() is made
    assert load.loaded() == (plugin,)


def test_a_changed_file_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    load.load_files([write(tmp_path, LOSS.format("1"))])
    assert LOSSES["mine"].get()(0, 0) == 1
    load.load_files([write(tmp_path, LOSS.format("2"))])
    assert LOSSES["mine"].get()(0, 0) == 2
    load.load_files([write(tmp_path, LOSS.replace("mine", "other").format("3"))])
    assert list(LOSSES) == ["bce", "focal", "other"]
    assert len(load.loaded()) == 1


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "the file cannot be read (No such file or directory)"),
        ("x = 1", "mine.py registers nothing"),
        ("\nimport nowhere_to_be_found", "mine.py, line 2: ModuleNotFoundError: No module named"),
        ("def f(:", "mine.py, line 1: SyntaxError: invalid syntax"),
        (LOSS.replace("mine", "bce").format("1"), "mine.py: the name 'bce' is one of ours"),
    ],
    ids=["absent", "empty", "raises", "syntax", "ours"],
)
def test_what_is_wrong_with_a_file_is_told(content: str | None, told: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.py" if content is None else write(tmp_path, content)
    with pytest.raises(UserError) as refused:
        load.load_files([file])
    assert told in str(refused.value)
    assert load.loaded() == ()
    assert list(LOSSES) == ["bce", "focal"]


def test_two_files_may_not_share_a_name(tmp_path: Path) -> None:
    first = write(tmp_path, LOSS.format("1"), "first.py")
    second = write(tmp_path, LOSS.format("2"), "second.py")
    with pytest.raises(UserError, match=r"second.py: the name 'mine' is taken by first.py"):
        load.load_files([first, second])
    assert LOSSES["mine"].get()(0, 0) == 1


def test_a_worker_refuses_what_has_changed_since(tmp_path: Path) -> None:
    file = write(tmp_path, LOSS.format("1"))
    plugins = load.load_files([file])
    forget()
    load.ensure(plugins)
    assert LOSSES["mine"].get()(0, 0) == 1
    forget()
    write(tmp_path, LOSS.format("2"))
    with pytest.raises(UserError, match="was changed while its sweep ran"):
        load.ensure(plugins)


def test_an_installed_package_is_found_by_its_entry_point(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, LOSS.format("5"), "parts_of_mine.py")
    monkeypatch.syspath_prepend(tmp_path)
    point = EntryPoint("mine", "parts_of_mine", load.GROUP)
    vars(point)["dist"] = SimpleNamespace(name="my-package", version="1.2")
    monkeypatch.setattr(load, "entry_points", lambda group: [point] if group == load.GROUP else [])
    load.load_installed()
    load.load_installed()
    (plugin,) = load.loaded()
    assert (plugin.name, plugin.digest, str(plugin)) == ("my-package", "1.2", "my-package 1.2")
    forget()
    del sys.modules["parts_of_mine"]
    load.ensure([plugin])
    assert LOSSES["mine"].get()(0, 0) == 5
    del sys.modules["parts_of_mine"]


def test_its_settings_are_settings(folder: Path) -> None:
    config = compose(read_flags(["+search=smoke", "--plugin", str(folder / "leaky.py")]))
    assert "plugins.leaky.keep" in settings()
    assert config.plugins == {"leaky": {"keep": 0.9}}
    other = replaced(config, {"plugins.leaky.keep": 0.5, "model.cell": "leaky"})
    assert (other.model.cell, value_of(other, "plugins.leaky.keep")) == ("leaky", 0.5)
    assert value_of(config, "plugins.leaky.keep") == 0.9
    leaf = {"type": "float", "low": 0.5, "high": 0.8}
    assert Space.parse({"plugins": {"leaky": {"keep": leaf}}}, config, None).parameters
    with pytest.raises(UserError, match="keep must lie in"):
        Space.parse({"plugins": {"leaky": {"keep": leaf | {"high": 1.0}}}}, config, None)


@pytest.mark.parametrize(
    ("word", "told"),
    [
        (
            "model.cell=leeky",
            "`model.cell` takes one of lstm, gru, leaky, but got `leeky`. Did you mean `leaky`?",
        ),
        ("plugins.leaky.keep=1", "plugins.leaky: keep must lie in [0, 1), but got 1."),
        ("plugins.leaky.keep=much", "plugins.leaky.keep must be a number, but got 'much'."),
        ("plugins.leaky.kep=1", "Did you mean `plugins.leaky.keep`?"),
        ("+plugins.bag.size=1", "no plug-in that is loaded has settings of this name"),
        ("plugins=1", "`plugins` is a group of settings"),
    ],
)
def test_a_wrong_setting_of_it_is_refused_like_ours(word: str, told: str, folder: Path) -> None:
    with pytest.raises(UserError) as refused:
        compose(read_flags(["+search=smoke", "--plugin", str(folder / "leaky.py"), word]))
    assert len(refused.value.mistakes) == 1
    assert told in str(refused.value)


def test_without_the_file_its_name_is_refused(folder: Path) -> None:
    with pytest.raises(UserError, match="One of your own comes with --plugin FILE"):
        compose(read_flags(["+search=smoke", "model.network=bag"]))
    with pytest.raises(UserError, match=r"plugins.leaky.*comes with --plugin FILE"):
        own_settings({"leaky": {"keep": 0.5}})
    assert list(NETWORKS) == ["recurrent"]


def test_no_configuration_names_a_plugin(folder: Path) -> None:
    mine = folder / "search"
    mine.mkdir()
    file = folder / "leaky.py"
    write(mine, f"name: mine\nplugin: {file}\nspace: {{}}\n", "mine.yaml")
    with pytest.raises(UserError, match=r"search\.plugin"):
        compose(read_flags(["+search=mine", "--config-dir", str(folder)]))
    assert load.loaded() == ()
