"""Starting over: what a sweep left is gone, what others have stays, and a kill in the middle is made good."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from support.told_studies import make_config, make_studies
from sweep.compose.compose import as_yaml
from sweep.coordinator import deletion
from sweep.coordinator.deletion import delete
from sweep.coordinator.guard import alone
from sweep.errors import LockedError, UserError
from sweep.search.studies import kept_studies
from sweep.storage.place import Place
from sweep.workspace import Workspace


def begin(workdir: Path, name: str = "a") -> None:
    config = make_config(workdir)
    config.name = name
    make_studies(workdir, {"lstm": [0.5, 0.25], "gru": [0.5]}, config=config)
    files = Workspace(workdir).sweep(name)
    files.root.mkdir()
    files.config.write_text(as_yaml(config), encoding="utf-8")
    files.outbox.touch()


def deleted(workdir: Path, name: str = "a", **how: Any) -> list[str]:
    told: list[str] = []
    delete(Workspace(workdir), name, told.append, **how)
    return told


def test_it_is_gone_and_the_others_stay(tmp_path: Path) -> None:
    begin(tmp_path)
    begin(tmp_path, "b")
    told = deleted(tmp_path)
    assert told == [
        f"2 studies with 3 trials in {tmp_path}/optuna.db",
        f"{tmp_path}/a (0.0 MB)",
    ]
    assert kept_studies(Place(Workspace(tmp_path).optuna), "a") == []
    assert len(kept_studies(Place(Workspace(tmp_path).optuna), "b")) == 2
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == ["b"]
    with pytest.raises(UserError, match="holds no sweep `a`.* There are, as name=: b"):
        deleted(tmp_path)


def test_a_folder_deleted_by_hand_leaves_the_rest_to_this(tmp_path: Path) -> None:
    begin(tmp_path)
    shutil.rmtree(tmp_path / "a")
    assert deleted(tmp_path)[0].startswith("2 studies with 3 trials")
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize("step", ["_delete_runs", "_delete_cache", "delete_studies", "bytes_of"])
def test_a_kill_in_the_middle_is_made_good(
    tmp_path: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*given: object) -> None:
        raise KeyboardInterrupt

    begin(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(deletion, step, killed)
        with pytest.raises(KeyboardInterrupt):
            deleted(tmp_path)
    assert deleted(tmp_path)[-1].startswith(f"{tmp_path}/a (")
    assert kept_studies(Place(Workspace(tmp_path).optuna), "a") == []
    assert [path for path in tmp_path.iterdir() if path.is_dir()] == []


def test_one_that_runs_is_left_alone(tmp_path: Path) -> None:
    begin(tmp_path)
    with alone(tmp_path / "a"), pytest.raises(LockedError, match="another command is running"):
        deleted(tmp_path)
    assert len(kept_studies(Place(Workspace(tmp_path).optuna), "a")) == 2


def test_one_whose_events_are_being_sent_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(tmp_path)
    monkeypatch.setattr(deletion, "SENDING_S", 0.1)
    with FileLock(Workspace(tmp_path).sweep("a").outbox_lock):
        with pytest.raises(LockedError, match="still on their way to MLflow"):
            deleted(tmp_path)
    assert Workspace(tmp_path).sweep("a").config.exists()


@pytest.mark.parametrize("name", ["", ".", "..", "cache", "../x", "precious"])
def test_what_is_no_sweep_is_never_deleted(tmp_path: Path, name: str) -> None:
    workdir = tmp_path / "runs"
    begin_at = Workspace(workdir)
    (workdir / "precious").mkdir(parents=True)
    (workdir / "precious" / "thesis.tex").touch()
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "config.yaml").touch()
    (tmp_path / "config.yaml").touch()
    begin_at.cache.mkdir()
    with pytest.raises(UserError):
        deleted(workdir, name)
    assert (workdir / "precious" / "thesis.tex").exists()
    assert (tmp_path / "x" / "config.yaml").exists()


@pytest.mark.parametrize(
    ("old", "new"),
    [("network: recurrent", "network: bag"), ("seed: 0", "seeed: 0")],
    ids=["a plug-in", "another version"],
)
def test_neither_a_plugin_nor_a_version_is_asked_for(old: str, new: str, tmp_path: Path) -> None:
    begin(tmp_path)
    config = Workspace(tmp_path).sweep("a").config
    text = config.read_text(encoding="utf-8")
    assert old in text
    config.write_text(text.replace(old, new), encoding="utf-8")
    assert deleted(tmp_path)[-1] == f"{tmp_path}/a (0.0 MB)"
