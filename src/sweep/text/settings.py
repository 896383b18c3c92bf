"""The settings of `text`, flat: what an encoder is made by, and what it keeps beside its tokens."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, NotRequired, TypedDict, cast

from sweep.config import Config
from sweep.errors import BundleError, UserError
from sweep.plugins.tables import CLEANINGS
from sweep.text.clean import whole_unicode


class OwnStep(TypedDict):
    """A plug-in's cleaning step."""

    name: str
    digest: str
    """SHA-256 of its file, or version of its package."""
    settings: dict[str, Any]


class TextSettings(TypedDict):
    """The settings of `text`; what each means stands in the configuration."""

    fix_encoding: bool
    unescape: bool
    strip_html: bool
    unicode_form: str
    strip_accents: bool
    lowercase: bool
    urls: str
    emails: str
    users: str
    numbers: str
    punctuation: str
    squeeze_repeats: bool
    stop_words: bool
    keep_negations: bool
    reduction: str
    language: str
    level: str
    vocabulary_size: int
    min_frequency: int
    max_length: float
    keep: str
    cleaning: NotRequired[OwnStep]
    """Not there without one."""


def text_settings(config: Config) -> TextSettings:
    """Take the settings of `text` out of a configuration.

    Args:
        config: a trial's settings.

    Returns:
        They, and of a plug-in's step what else decides what it does.
    """
    found = asdict(config.text)
    entry = CLEANINGS[found.pop("cleaning")]
    if entry.plugin is not None:
        own = dict(config.plugins.get(entry.name, {}))
        found["cleaning"] = OwnStep(name=entry.name, digest=entry.plugin.digest, settings=own)
    return cast(TextSettings, found)


def step_of(settings: TextSettings) -> Callable[[str], str] | None:
    """Make the plug-in's step that settings name.

    Args:
        settings: of `text`; the plug-in is loaded.

    Returns:
        A function from text to text that raises `UserError` where the plug-in raises or gives no text; None where
        the settings name none.

    Raises:
        BundleError: it is not loaded.
    """
    if "cleaning" not in settings:
        return None
    name = settings["cleaning"]["name"]
    if name not in CLEANINGS:
        raise BundleError(
            f"An encoder needs text.cleaning={name}, a plug-in that is not loaded; it comes with --plugin FILE."
        )
    entry = CLEANINGS[name]
    clean = entry.bound({name: settings["cleaning"]["settings"]})

    def step(text: str) -> str:
        try:
            found = clean(text)
        except Exception as error:  # whatever a plug-in raises is its author's to mend
            told = entry.plugin.told(error) if entry.plugin else str(error)
            raise UserError(f"text.cleaning={name} cannot clean a text: {told}") from error
        if not isinstance(found, str):
            raise UserError(f"text.cleaning={name} must give a text, but gave {found!r}.")
        return whole_unicode(found)

    return step
