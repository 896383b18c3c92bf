"""The encoder: fitted on the training texts, it turns raw texts into token ids, and travels with the model."""

import json
from collections.abc import Callable, Sequence
from itertools import chain
from pathlib import Path
from typing import Self, Unpack, cast

import numpy as np
from tokenizers import Tokenizer

from sweep.errors import BundleError
from sweep.records import EncodedTexts
from sweep.text.clean import Cleaner
from sweep.text.scripts import MASKS
from sweep.text.settings import TextSettings, step_of
from sweep.text.tokens import PADDING_TOKEN, UNKNOWN_TOKEN, number, segmenter, train
from sweep.text.words import WordForms
from sweep.workspace import EncoderFolder

VERSION = 1
"""Rises when the same settings and texts would give other ids than before."""


class Encoder:
    """Clean, drop and reduce words, cut into tokens, number, truncate; the same in training and in prediction.

    Padding is id 0, unknown is id 1, and a text that nothing is left of is one unknown token. Made by `fit`,
    `fit_encode` or `load`.
    """

    def __init__(
        self, settings: TextSettings, prepare: "_Preparation", tokenizer: Tokenizer, longest: int
    ) -> None:
        self.settings = settings
        self._prepare = prepare
        self._tokenizer = tokenizer
        self._longest = longest

    @classmethod
    def fit(cls, texts: Sequence[str], **settings: Unpack[TextSettings]) -> Self:
        """Learn the vocabulary and the maximum length.

        Args:
            texts: the raw training texts, and no other.
            **settings: the settings of `text`.

        Returns:
            The encoder.

        Raises:
            UserError: the language is unknown to what is switched on, or no token is left.
        """
        return cls.fit_encode(texts, **settings)[0]

    @classmethod
    def fit_encode(
        cls, texts: Sequence[str], **settings: Unpack[TextSettings]
    ) -> tuple[Self, EncodedTexts]:
        """Fit on the texts and encode them, which prepares each once.

        Args:
            texts: the raw training texts, and no other.
            **settings: the settings of `text`.

        Returns:
            The encoder, and the texts as it encodes them.

        Raises:
            UserError: the language is unknown to what is switched on, or no token is left.
        """
        prepare = _Preparation(settings)
        units = [prepare(text) for text in texts]
        handled = (settings["urls"], settings["emails"], settings["users"], settings["numbers"])
        tokenizer = train(
            settings["level"],
            units,
            vocabulary_size=settings["vocabulary_size"],
            min_frequency=settings["min_frequency"],
            masks=[m for m, how in zip(MASKS.values(), handled, strict=True) if how == "mask"],
        )
        ids = number(tokenizer, settings["level"], units)
        encoder = cls(
            settings,
            prepare,
            tokenizer,
            most_tokens([len(text) for text in ids], settings["max_length"]),
        )
        return encoder, encoder._joined(ids)

    def encode(self, texts: Sequence[str]) -> EncodedTexts:
        """Encode raw texts.

        Args:
            texts: any strings.

        Returns:
            Their ids, at least one and at most `max_length` a text.
        """
        units = [self._prepare(text) for text in texts]
        return self._joined(number(self._tokenizer, self.settings["level"], units))

    @property
    def vocabulary_size(self) -> int:
        """Number of different ids, padding and unknown included."""
        return self._tokenizer.get_vocab_size()

    @property
    def tokens(self) -> list[str]:
        """Every token, by id."""
        vocabulary = self._tokenizer.get_vocab()
        return sorted(vocabulary, key=vocabulary.__getitem__)

    @property
    def max_length(self) -> int:
        """Most tokens a text."""
        return self._longest

    def save(self, folder: Path) -> None:
        """Write the tokens, in the form of the library `tokenizers`, and what else was learnt.

        Args:
            folder: an existing folder.
        """
        files = EncoderFolder(folder)
        self._tokenizer.save(str(files.tokenizer))
        facts = {
            "version": VERSION,
            "max_length": self._longest,
            "vocabulary_size": self.vocabulary_size,
            "settings": self.settings,
        }
        files.facts.write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote.

        Args:
            folder: where it was written.

        Returns:
            An encoder that gives the same ids.

        Raises:
            BundleError: a file is missing, damaged, or of another version.
        """
        files = EncoderFolder(folder)
        try:
            facts = json.loads(files.facts.read_text(encoding="utf-8"))
            tokenizer = Tokenizer.from_str(files.tokenizer.read_text(encoding="utf-8"))
            version = facts["version"]
            settings = facts["settings"]
            longest = facts["max_length"]
        except Exception as error:  # the library raises bare `Exception` on a damaged file
            raise BundleError(
                f"The encoder in {folder} cannot be read ({error}). Export the model again."
            ) from error
        known = set(settings) - TextSettings.__optional_keys__
        if version != VERSION or known != TextSettings.__required_keys__:
            raise BundleError(
                f"The encoder in {folder} was written by another version of sweep (encoder {version}, "
                f"this one reads {VERSION}). Use that version, or export the model again."
            )
        if tokenizer.get_vocab_size() != facts.get("vocabulary_size"):
            raise BundleError(
                f"{files.tokenizer} and {files.facts} belong to different encoders. "
                "Export the model again."
            )
        settings = cast(TextSettings, settings)
        return cls(settings, _Preparation(settings), tokenizer, longest)

    def _joined(self, texts: Sequence[list[int]]) -> EncodedTexts:
        cut = _cutter(self.settings["keep"], self._longest)
        truncated = sum(len(ids) > self._longest for ids in texts)
        kept = [cut(ids) if len(ids) > self._longest else ids or [1] for ids in texts]
        offsets = np.zeros(len(kept) + 1, dtype=np.int64)
        np.cumsum([len(ids) for ids in kept], out=offsets[1:])
        kind: type[np.integer] = np.uint16 if self.vocabulary_size <= 2**16 else np.int32
        flat = np.fromiter(chain.from_iterable(kept), kind, int(offsets[-1]))
        return EncodedTexts(flat, offsets, truncated=truncated)


class _Preparation:
    # Raw text to unit, without the vocabulary.
    def __init__(self, settings: TextSettings) -> None:
        self._clean = Cleaner(
            own=step_of(settings),
            fix_encoding=settings["fix_encoding"],
            unescape=settings["unescape"],
            strip_html=settings["strip_html"],
            unicode_form=settings["unicode_form"],
            strip_accents=settings["strip_accents"],
            lowercase=settings["lowercase"],
            urls=settings["urls"],
            emails=settings["emails"],
            users=settings["users"],
            numbers=settings["numbers"],
            punctuation=settings["punctuation"],
            squeeze_repeats=settings["squeeze_repeats"],
        )
        self._forms = None
        if settings["stop_words"] or settings["reduction"] != "none":
            self._forms = WordForms(
                stop_words=settings["stop_words"],
                keep_negations=settings["keep_negations"],
                reduction=settings["reduction"],
                language=settings["language"],
            )
        self._segment = segmenter(settings["level"], settings["punctuation"] != "keep")

    def __call__(self, text: str) -> Sequence[str]:
        text = self._clean(text)
        if self._forms:
            text = self._forms(text)
        while (
            PADDING_TOKEN in text or UNKNOWN_TOKEN in text
        ):  # a text may not spell what only the encoder says
            text = text.replace(PADDING_TOKEN, "pad").replace(UNKNOWN_TOKEN, "unk")
        return self._segment(text)


def most_tokens(lengths: Sequence[int] | np.ndarray, max_length: float) -> int:
    """Tell where texts are cut.

    Args:
        lengths: tokens of each training text.
        max_length: the setting: a number of tokens, or up to 1 a quantile of the lengths.

    Returns:
        Most tokens a text.
    """
    if max_length > 1:
        return int(max_length)
    return max(1, int(np.quantile(lengths, max_length, method="inverted_cdf")))


def _cutter(keep: str, longest: int) -> Callable[[list[int]], list[int]]:
    head = {"head": longest, "tail": 0, "head_tail": (longest + 1) // 2}[keep]
    tail = longest - head
    return lambda ids: ids[:head] + ids[len(ids) - tail :]
