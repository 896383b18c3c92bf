"""Signs that a text was spoilt on its way into a file: each is a question with yes or no."""

import re
from collections.abc import Callable

from sweep.text.clean import CONTROLS, ESCAPES, INVISIBLE, without_html

_PATH = re.compile(r"(?<!\w)(?:[A-Za-z]:\\|\\\\)\S*")
_REPLACED = "\ufffd"


def broken_encoding(text: str) -> bool:
    """Whether it was decoded with the wrong encoding, in a way that can be undone: `donâ€™t` (ftfy)."""
    if text.isascii():
        return False
    import ftfy

    return ftfy.fix_encoding(text) != text


def replaced(text: str) -> bool:
    """Whether it holds U+FFFD: bytes that another program could not read, and that are lost."""
    return _REPLACED in text


def markup(text: str) -> bool:
    """Whether it holds tags of HTML or entities."""
    return ("<" in text or "&" in text) and without_html(text) != text


def escapes(text: str) -> bool:
    r"""Whether it holds escapes as letters: a backslash and an n, `\xa0`, `\u2019`; not the path of a file."""
    return "\\" in text and bool(ESCAPES.search(_PATH.sub("", text)))


def controls(text: str) -> bool:
    """Whether it holds control characters, those of white space aside."""
    return bool(CONTROLS.search(text))


def invisible(text: str) -> bool:
    """Whether it holds characters of no width: zero-width spaces, soft hyphens, marks of direction."""
    return not text.isascii() and bool(INVISIBLE.search(text))


def shouting(text: str) -> bool:
    """Whether all its letters are capitals, and there are ten or more."""
    return text.isupper() and sum(map(str.isalpha, text)) >= 10


SIGNS: dict[str, Callable[[str], bool]] = {
    sign.__name__: sign
    for sign in (broken_encoding, replaced, markup, escapes, controls, invisible, shouting)
}
"""All of them, by name."""
