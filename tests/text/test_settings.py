"""The settings of an encoder, a plug-in's step among them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from support.plugins import forget
from sweep.config import Config, TextConfig
from sweep.errors import BundleError, UserError
from sweep.plugins.tables import CLEANINGS, Entry, Plugin
from sweep.text.cache import encoding_name
from sweep.text.encoder import Encoder
from sweep.text.settings import step_of, text_settings
from sweep.workspace import EncoderFolder

TEXTS = ["keep this #drop", "keep that #drop", "and this"]


@dataclass
class Settings:
    mark: str = "#"


def dropped(text: str, settings: Settings) -> Any:
    if "raise" in text:
        raise KeyError(text)
    return "\ud800".join(w for w in text.split() if not w.startswith(settings.mark)).replace(
        "\ud800", " "
    )


def plugin(digest: str = "0" * 64) -> Plugin:
    return Plugin(name="mine.py", digest=digest, place=__file__)


@pytest.fixture
def mine() -> Any:
    def add(digest: str = "0" * 64) -> None:
        entry = Entry(name="mine", made=dropped, settings=Settings, plugin=plugin(digest))
        CLEANINGS.add(entry)

    add()
    yield add
    for each in [e.plugin for e in CLEANINGS.values() if e.plugin]:
        CLEANINGS.forget(each)
    forget()


def config(cleaning: str = "mine", **own: Any) -> Config:
    return Config(
        text=TextConfig(min_frequency=1, max_length=1.0, cleaning=cleaning),
        plugins={"mine": {"mark": "#"} | own} if cleaning == "mine" else {},
    )


def test_without_a_step_nothing_is_said_of_one() -> None:
    assert "cleaning" not in text_settings(config("none"))
    assert step_of(text_settings(config("none"))) is None


def test_the_step_comes_first_and_travels_with_the_encoder(mine: Any, tmp_path: Path) -> None:
    encoder = Encoder.fit(TEXTS, **text_settings(config()))
    assert "#" not in encoder.tokens
    assert "drop" not in encoder.tokens
    encoder.save(tmp_path)
    again = Encoder.load(tmp_path)
    assert again.encode(["keep #keep"]).ids.tolist() == encoder.encode(["keep"]).ids.tolist()
    facts = json.loads(EncoderFolder(tmp_path).facts.read_text(encoding="utf-8"))
    assert facts["settings"]["cleaning"] == {
        "name": "mine", "digest": "0" * 64, "settings": {"mark": "#"},
    }  # fmt: skip


def test_an_encoder_without_its_step_is_refused(mine: Any, tmp_path: Path) -> None:
    Encoder.fit(TEXTS, **text_settings(config())).save(tmp_path)
    CLEANINGS.forget(plugin())
    with pytest.raises(BundleError, match=r"needs text.cleaning=mine, .* --plugin FILE"):
        Encoder.load(tmp_path)


def test_the_cache_tells_code_and_settings_apart(mine: Any) -> None:
    names = [encoding_name(text_settings(config(c))) for c in ("none", "mine")]
    names.append(encoding_name(text_settings(config(mark="@"))))
    mine("1" * 64)
    names.append(encoding_name(text_settings(config())))
    assert len(set(names)) == 4


@pytest.mark.parametrize(
    ("text", "told"),
    [("raise", r"text.cleaning=mine cannot clean a text: .*test_settings.py, line \d+: KeyError")],
)
def test_what_a_step_raises_is_told_with_its_line(mine: Any, text: str, told: str) -> None:
    step = step_of(text_settings(config()))
    assert step is not None
    with pytest.raises(UserError, match=told):
        step(text)
