"""Which database a sweep's trials lie in."""

from pathlib import Path

import pytest

from sweep.config import Config, SearchConfig, StorageConfig
from sweep.errors import UserError
from sweep.storage.place import Place, local, place_of
from sweep.workspace import Workspace

URL = "postgresql+psycopg://ann@host/trials"


def test_by_default_the_file_of_the_folder(tmp_path: Path) -> None:
    config = Config(workdir=str(tmp_path), search=SearchConfig(name="s"))
    place = place_of(config)
    assert (place.file, place.url) == (tmp_path / "optuna.db", None)
    assert str(place) == str(local(Workspace(tmp_path))) == str(tmp_path / "optuna.db")
    assert not place.exists()
    place.file.touch()
    assert place.exists()


def test_a_server_may_hold_something_and_shows_no_user() -> None:
    place = Place(Path("optuna.db"), URL)
    assert place.exists()
    assert str(place) == "postgresql+psycopg://***@host/trials"


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql+psycopg://ann:s3cr3t@host/db", "must hold no password"),
        ("postgresql://host/db?user=ann&password=s3cr3t", "must hold no password"),
        ("mysql://ann:s3cr3t@host/db", "must be postgresql\\+psycopg"),
        ("sqlite:///x.db", "must be postgresql\\+psycopg"),
        ("../../x", "must be postgresql\\+psycopg"),
    ],
)
def test_other_addresses_are_refused_without_their_secrets(url: str, told: str) -> None:
    with pytest.raises(UserError, match=rf"storage\.url {told}") as refused:
        StorageConfig(url=url)
    assert "s3cr3t" not in str(refused.value)


def test_patience_is_no_debt() -> None:
    with pytest.raises(UserError, match=r"storage\.patience_s must not be negative"):
        StorageConfig(patience_s=-1)
