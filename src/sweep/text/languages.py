"""In which language texts are, as far as scripts and function words tell: rough, quick, and silent where unsure."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import cache

KNOWN = "da de en es fi fr hu id it nl no pl pt ro sv tr".split()
"""Languages of the Latin script that are told apart."""
LEAST = 3
"""Function words of a language, not shared with the main one, without which a text is not said to be in it."""
SCRIPTS = {
    "ARABIC": "Arabic",
    "ARMENIAN": "Armenian",
    "BENGALI": "Bengali",
    "CJK": "Chinese or Japanese",
    "CYRILLIC": "Cyrillic",
    "DEVANAGARI": "Devanagari",
    "GEORGIAN": "Georgian",
    "GREEK": "Greek",
    "HANGUL": "Korean",
    "HEBREW": "Hebrew",
    "HIRAGANA": "Chinese or Japanese",
    "KATAKANA": "Chinese or Japanese",
    "TAMIL": "Tamil",
    "THAI": "Thai",
}
"""Unicode's first word of a letter's name, and what is said of it."""
_WORD = re.compile(r"[^\W\d_]+")


def languages(texts: Sequence[str]) -> tuple[str, list[str]]:
    """Tell the main language, and what each text is in.

    Args:
        texts: raw texts, (n,).

    Returns:
        The two-letter code, or the name of a script, of most of those that can be told; empty where none can. And one
        for each text, (n,): empty where it cannot be told from the main language.
    """
    scripts = [_script(text) for text in texts]
    words = [
        frozenset(_WORD.findall(text.lower())) if not script else frozenset()
        for text, script in zip(texts, scripts, strict=True)
    ]
    hits = Counter(best for held in words if held and (best := _likeliest(held)) is not None)
    hits.update(script for script in scripts if script)
    main = hits.most_common(1)[0][0] if hits else ""
    return main, [
        script or (_other(held, main) if held else "")
        for script, held in zip(scripts, words, strict=True)
    ]


def _script(text: str) -> str:
    # Of most of its letters; empty for Latin.
    if text.isascii():
        return ""
    counts: Counter[str] = Counter()
    for letter in text[:1000]:
        if letter.isalpha():
            first = "LATIN" if letter.isascii() else unicodedata.name(letter, "").partition(" ")[0]
            counts[SCRIPTS.get(first, "")] += 1
    return counts.most_common(1)[0][0] if counts else ""


@cache
def _lists() -> dict[str, frozenset[str]]:
    import stopwordsiso

    return {code: frozenset(stopwordsiso.stopwords(code)) for code in KNOWN}


def _likeliest(held: frozenset[str]) -> str | None:
    counts = {code: len(held & listed) for code, listed in _lists().items()}
    first, second = sorted(counts, key=lambda code: -counts[code])[:2]
    return first if counts[first] >= LEAST and counts[first] > counts[second] else None


def _other(held: frozenset[str], main: str) -> str:
    lists = _lists()
    common = lists.get(main, frozenset())
    likeliest = _likeliest(held)
    if likeliest is None or likeliest == main:
        return ""
    return likeliest if len((held & lists[likeliest]) - common) >= LEAST else ""
