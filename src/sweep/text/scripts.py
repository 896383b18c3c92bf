"""What a word, a symbol and a punctuation mark are in any script: the definitions that all steps share."""

import re
import unicodedata
from functools import cache

MASKS = {kind: f"<{kind}>" for kind in ("url", "email", "user", "number")}
"""The token that stands for every address, user name or number that is masked."""
MASK = "<(?:" + "|".join(MASKS) + ")>"
"""Pattern of any mask."""
APOSTROPHES = "'\u2019"
"""The typewriter's and the typographer's."""
# Python's `re` knows no \p{...}, and looks a class up in one step only while it stays in the first plane.
_FIRST_PLANE = [(code, unicodedata.category(chr(code))) for code in range(0x10000)]
_FLAG = "[\U0001f1e6-\U0001f1ff]{2}"
_SKIN_TONE = "[\U0001f3fb-\U0001f3ff]"


def _class(*categories: str, more: str = "", but: str = "") -> str:
    found = [code for code, category in _FIRST_PLANE if category in categories]
    return f"[{''.join(re.escape(chr(code)) for code in found if chr(code) not in but)}{more}]"


@cache
def _marks() -> str:
    # Vowel signs and accents that stand on their own, and the joiners inside Persian and Hindi words.
    return _class("Mn", "Mc", "Me", more="\u200c\u200d")


@cache
def word_pattern() -> re.Pattern[str]:
    """Match a mask, or a word with the apostrophes inside it: `don't`."""
    run = rf"\w+(?:{_marks()}+\w*)*"
    return re.compile(rf"{MASK}|{run}(?:[{APOSTROPHES}]{run})*")


@cache
def token_pattern() -> re.Pattern[str]:
    """Match a mask, a word, a flag, an emoji with its modifiers, or any other single symbol."""
    return re.compile(
        rf"{word_pattern().pattern}|{_FLAG}|\S(?:\u200d[^\w\s]|{_marks()}|{_SKIN_TONE})*"
    )


@cache
def punctuation_pattern() -> re.Pattern[str]:
    """Match punctuation, currency and mathematical signs; apostrophes and emoji are none of them."""
    kinds = ("Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "Sc", "Sm")
    return re.compile(_class(*kinds, more="`^\u00b4\u00a8", but=APOSTROPHES) + "+")
