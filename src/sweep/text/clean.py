"""Cleaning: one text in, one text out, each switch doing one thing."""

import html
import re
import unicodedata
from collections.abc import Callable

from sweep.text.scripts import APOSTROPHES, MASK, MASKS, punctuation_pattern

_SURROGATES = re.compile("[\ud800-\udfff]")
CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]+")
INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]+")
_ACCENTS = re.compile("[\u0300-\u036f]+")
_REPEATS = re.compile(r"([^\W\d_])\1{2,}")

ESCAPES = re.compile(
    r"(?P<bytes>(?:\\x[0-9a-fA-F]{2})+)|(?P<units>(?:\\u[0-9a-fA-F]{4})+)|\\(?P<sign>[nrtfv\"'/\\])"
)
_SIGNS = dict.fromkeys("nrtfv", " ") | {sign: sign for sign in "\"'/\\"}

_ELEMENTS = (
    "a abbr acronym address applet area article aside audio b base basefont bdi bdo big blockquote body br "
    "button canvas caption center cite code col colgroup data datalist dd del details dfn dialog dir div dl dt "
    "em embed fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hr html i "
    "iframe img input ins kbd label legend li link main map mark meta meter nav noframes noscript object ol "
    "optgroup option output p param picture pre progress q rp rt ruby s samp script section select small source "
    "span strike strong style sub summary sup svg table tbody td template textarea tfoot th thead time title tr "
    "track tt u ul var video wbr"
)
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code del dfn em font i ins kbd mark q s samp small span strike strong "
    "sub sup tt u var wbr".split()
)
# Every alternative is left behind at the next `<`, so that a text of a million of them takes linear time.
_HIDDEN = re.compile(
    r"<!--(?:(?!<!--|-->).)*-->|<(script|style)\b[^<>]*>(?:(?!<\1\b|</\1\b).)*</\1\s*>",
    re.I | re.S,
)
_TAG = re.compile(rf"</?({'|'.join(_ELEMENTS.split())})(\s[^<>]*)?/?>|<[!?][a-zA-Z][^<>]*>", re.I)
_ENTITY = re.compile(
    r"&(?:#[0-9]{1,8}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});|&(?:amp|lt|gt|quot|nbsp)\b"
)

_END = r"[^\s<>\"'.,;:!?)\]}]"
_DOMAINS = (
    "com|net|org|edu|gov|info|biz|io|tv|me|co|uk|us|de|fr|es|it|nl|eu|in|ca|au|ru|pl|br|jp|cn"
)
_URL = re.compile(
    rf"(?<!\w)(?:(?:https?|ftp)://|www\.)(?:[^\s<>\"']*{_END})"
    rf"|(?<![\w@.-])[\w-]++(?:\.[\w-]+)*?\.(?:{_DOMAINS})(?:/(?:[^\s<>\"']*{_END})?|(?![\w@-]|\.\w))",
    re.I,
)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]++@[\w-]++(?:\.[\w-]++)+")
_USER = re.compile(r"(?<![\w@])@\w++")
_MASKS = re.compile(f"({MASK})")
_OUTER_APOSTROPHE = re.compile(rf"[{APOSTROPHES}]+(?:(?<!\w[{APOSTROPHES}])|(?!\w))")
_NUMBER = re.compile(r"(?<!\w)(?:(?<=\s)[+-]|^[+-])?\d++(?:[.,]\d++)*+(?!\w)")


def whole_unicode(text: str) -> str:
    """Replace lone surrogates, which no file and no tokenizer can hold, by U+FFFD.

    Args:
        text: any string.

    Returns:
        A text that encodes as UTF-8.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return _SURROGATES.sub("\ufffd", text)
    return text


def unchanged(text: str) -> str:
    """What `text.cleaning=none` does."""
    return text


class Cleaner:
    """Cleans texts, in this order whatever is switched on.

    1. lone surrogates replaced, then `own`; 2. `fix_encoding`; 3. `unescape`; 4. `strip_html`; 5. `unicode_form`;
    6. `strip_accents`; 7. control and invisible characters dropped; 8. `lowercase`; 9. `emails`, `urls`, `users`,
    `numbers` (an address before the parts it is made of); 10. `punctuation`, where removed;
    11. `squeeze_repeats`; 12. white space becomes single spaces. 1, 7 and 12 always happen.

    Args:
        own: a plug-in's step.
        fix_encoding: repair texts decoded with the wrong encoding.
        unescape: resolve literal escapes.
        strip_html: drop tags, comments, scripts and styles, and resolve entities.
        unicode_form: none, nfc or nfkc.
        strip_accents: drop the diacritics of Latin, Greek and Cyrillic letters.
        lowercase: lower the case.
        urls: keep, mask or remove web addresses.
        emails: keep, mask or remove e-mail addresses.
        users: keep, mask or remove user names.
        numbers: keep, mask or remove numbers that stand alone.
        punctuation: remove drops it; keep and separate leave it (separating is the tokens' business).
        squeeze_repeats: three or more of the same letter become two.
    """

    def __init__(
        self,
        *,
        own: Callable[[str], str] | None = None,
        fix_encoding: bool,
        unescape: bool,
        strip_html: bool,
        unicode_form: str,
        strip_accents: bool,
        lowercase: bool,
        urls: str,
        emails: str,
        users: str,
        numbers: str,
        punctuation: str,
        squeeze_repeats: bool,
    ) -> None:
        steps: list[tuple[bool, Callable[[str], str]]] = [
            (True, whole_unicode),
            (own is not None, own or unchanged),
            (fix_encoding, _encoding_fixer() if fix_encoding else str),
            (unescape, _unescape),
            (strip_html, without_html),
            (unicode_form != "none", _normaliser(unicode_form)),
            (strip_accents, _strip_accents),
            (True, _visible),
            (lowercase, str.lower),
            (emails != "keep", _replacer(_EMAIL, "email", emails, guard="@")),
            (urls != "keep", _replacer(_URL, "url", urls, guard=".")),
            (users != "keep", _replacer(_USER, "user", users, guard="@")),
            (numbers != "keep", _replacer(_NUMBER, "number", numbers)),
            (punctuation == "remove", _without_punctuation),
            (squeeze_repeats, lambda text: _REPEATS.sub(r"\1\1", text)),
        ]
        self._steps = [step for wanted, step in steps if wanted]

    def __call__(self, text: str) -> str:
        """Clean one text.

        Args:
            text: a raw text.

        Returns:
            The cleaned text, without white space at its ends; perhaps empty.
        """
        for step in self._steps:
            text = step(text)
        return " ".join(text.split())


def _encoding_fixer() -> Callable[[str], str]:
    import ftfy

    config = ftfy.TextFixerConfig(
        unescape_html=False,
        remove_terminal_escapes=False,
        fix_latin_ligatures=False,
        fix_character_width=False,
        fix_line_breaks=False,
        remove_control_chars=False,
        normalization=None,
        explain=False,
    )
    return lambda text: text if text.isascii() else ftfy.fix_text(text, config)


def _unescape(text: str) -> str:
    return ESCAPES.sub(_escaped, text) if "\\" in text else text


def _escaped(match: re.Match[str]) -> str:
    if match["sign"]:
        return _SIGNS[match["sign"]]
    digits = re.sub(r"\\[xu]", "", match[0])
    if match["units"]:  # pairs of surrogates join to one character
        return bytes.fromhex(digits).decode("utf-16-be", "replace")
    octets = bytes.fromhex(digits)
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return octets.decode("latin-1")


def without_html(text: str) -> str:
    """Drop tags, comments, scripts and styles, and resolve entities."""
    if "<" in text:
        text = _TAG.sub(_tag, _HIDDEN.sub(" ", text))
    return _ENTITY.sub(_entity, text) if "&" in text else text


def _tag(match: re.Match[str]) -> str:
    name = match[1]
    attributes = (match[2] or "").strip(" /")
    if name and len(name) == 1 and attributes and "=" not in attributes:
        return match[0]  # `a <b and c> d` compares; it is no tag
    return "" if name and name.lower() in _INLINE else " "


def _entity(match: re.Match[str]) -> str:
    return html.unescape(match[0] if match[0].endswith(";") else match[0] + ";")


def _normaliser(form: str) -> Callable[[str], str]:
    name = form.upper()
    return lambda text: text if text.isascii() else unicodedata.normalize(name, text)  # type: ignore[arg-type]


def _strip_accents(text: str) -> str:
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", text)))


def _visible(text: str) -> str:
    text = CONTROLS.sub(" ", text)
    return text if text.isascii() else INVISIBLE.sub("", text)


def _replacer(
    pattern: re.Pattern[str], kind: str, handling: str, guard: str = ""
) -> Callable[[str], str]:
    # Spaces keep a mask a token of its own where punctuation sticks to words.
    by = f" {MASKS[kind]} " if handling == "mask" else " "
    return lambda text: pattern.sub(by, text) if guard in text else text


def _without_punctuation(text: str) -> str:
    marks = punctuation_pattern()
    kept = _MASKS.split(text)  # masks stand at the odd places
    kept[::2] = [_OUTER_APOSTROPHE.sub(" ", marks.sub(" ", part)) for part in kept[::2]]
    return "".join(kept)
