"""Settings of preprocessing."""

from dataclasses import dataclass
from enum import StrEnum

from sweep.errors import UserError
from sweep.plugins.tables import CLEANINGS


class Level(StrEnum):
    """What one token is."""

    word = "word"
    character = "character"
    bpe = "bpe"
    unigram = "unigram"


class Handling(StrEnum):
    """What happens to a kind of substring."""

    keep = "keep"
    mask = "mask"
    remove = "remove"


class Punctuation(StrEnum):
    """What happens to punctuation."""

    keep = "keep"
    separate = "separate"
    remove = "remove"


class UnicodeForm(StrEnum):
    """Unicode normalisation form."""

    none = "none"
    nfc = "nfc"
    nfkc = "nfkc"


class Reduction(StrEnum):
    """How word forms are brought together."""

    none = "none"
    stem = "stem"
    lemma = "lemma"


class Keep(StrEnum):
    """Which end of a text longer than the maximum is kept."""

    head = "head"
    tail = "tail"
    head_tail = "head_tail"


@dataclass(kw_only=True, slots=True)
class TextConfig:
    """How a text becomes token ids; every switch does one thing, in the order of this list."""

    cleaning: str = CLEANINGS.field("none")
    """A step of one's own before the others: none, or a plug-in's."""
    fix_encoding: bool = False
    """Repair broken encodings: `donâ€™t` → `don't`."""
    unescape: bool = False
    """Turn literal escapes into what they mean: `one\\ntwo` (typed backslash) → `one two`."""
    strip_html: bool = False
    """Drop tags and resolve entities: `good<br />&amp; cheap` → `good & cheap`."""
    unicode_form: UnicodeForm = UnicodeForm.none
    """Normal form: under nfkc `ﬁne` (ligature) → `fine`."""
    strip_accents: bool = False
    """`café` → `cafe`."""
    lowercase: bool = True
    """`Call NOW` → `call now`."""
    urls: Handling = Handling.keep
    """Under mask, `see www.a.com/x` → `see <url>`."""
    emails: Handling = Handling.keep
    """Under mask, `write me@a.com` → `write <email>`."""
    users: Handling = Handling.keep
    """Under mask, `thanks @anna` → `thanks <user>`."""
    numbers: Handling = Handling.keep
    """Under mask, `call 0800 123` → `call <number> <number>`."""
    punctuation: Punctuation = Punctuation.separate
    """Under separate, `win!!` → tokens `win`, `!`, `!`; under remove, `win`; under keep, `win!!`."""
    squeeze_repeats: bool = False
    """Three or more of the same letter become two: `soooo` → `soo`."""
    stop_words: bool = False
    """Drop the commonest words of `language`: `this is not the end` → `not end`."""
    keep_negations: bool = True
    """Whether `stop_words` spares not, no, never and their like; dropping them flips the meaning."""
    reduction: Reduction = Reduction.none
    """Under stem, `winning` → `win` (Snowball); under lemma, `mice` → `mouse` (simplemma)."""
    language: str = "en"
    """Two-letter code that decides stop words, stems and lemmas."""
    level: Level = Level.word
    """What one token is: a word, a character, or a piece learnt from the training texts (bpe, unigram)."""
    vocabulary_size: int = 10_000
    """At most so many different tokens, the padding and unknown token included."""
    min_frequency: int = 2
    """A token seen less often in the training texts is unknown. At 1 none is, and each token seen once stands for the
    unknown one in half of the epochs, so that its vector is trained (Lample et al., 2016)."""
    max_length: float = 0.99
    """Longest text in tokens; a value up to 1 is that quantile of the training lengths."""
    keep: Keep = Keep.head
    """Which part of a longer text is kept; head_tail keeps the first and the last half of `max_length`."""

    def __post_init__(self) -> None:
        mistakes = CLEANINGS.refusal(self.cleaning)
        if self.vocabulary_size < 3:
            mistakes.append(
                f"text.vocabulary_size must be at least 3 (padding, unknown and one token), got {self.vocabulary_size}."
            )
        if self.min_frequency < 1:
            mistakes.append(
                f"text.min_frequency must be at least 1, but got {self.min_frequency}."
            )
        if self.max_length <= 0 or (
            self.max_length > 1 and self.max_length != int(self.max_length)
        ):
            mistakes.append(
                "text.max_length must be a whole number of tokens, or a quantile in (0, 1], "
                f"but got {self.max_length:g}."
            )
        if mistakes:
            raise UserError(*mistakes)
