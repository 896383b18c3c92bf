"""The encoding of a text file: named, or detected and stated."""

import codecs
import re

from sweep.errors import DataError

_SAMPLE = 65_536
_MARKS = (  # UTF-32's little-endian mark begins with UTF-16's
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LATIN_SCRIPT = re.compile(
    r"(cp(1250|1252|1254|1257|437|775|850|852|858|860|861|863|865)"
    r"|latin_1|iso8859_(1|2|3|4|9|10|13|14|15|16)|mac_(roman|latin2|iceland|turkish)|hp_roman8)"
)
_SYMBOL_IN_WORD = re.compile(r"(?<=\w)[¡-©«-´¶-¹»-¿](?=[^\W\d_])|(?<=[^\W\d_])[¹²³¼½¾](?=\w)")


def decode(raw: bytes, *, encoding: str | None, file: str) -> tuple[str, str]:
    """Turn the bytes of a file into text.

    Without a name, the order is: a byte-order mark, UTF-8, and for what is not UTF-8 the guess of
    charset-normalizer on the lines beyond ASCII. That guess confuses the code pages of the Latin
    script with one another; there cp1252, by far the most common one, is preferred.

    Args:
        raw: the file's bytes.
        encoding: an encoding that Python knows, or None to detect it.
        file: the file's name, for messages.

    Returns:
        The text without a byte-order mark, and the name of the encoding with how it was found.

    Raises:
        DataError: the encoding has no such name or does not fit the bytes.
    """
    found = stated(raw, encoding)
    if found is not None:
        remedy = (
            "Set data.encoding to the one the file was written in, or leave it out to detect it."
            if encoding is not None
            else "Write the file again, or set data.encoding to the one it was written in."
        )
        return _decode_as(raw, found[0], file, remedy), found[1]
    try:
        return raw.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        _refuse_damaged_utf8(raw, error, file)
    name = _guess(raw)
    return raw.decode(
        name
    ), f"{name} (a guess, as the file is not UTF-8; data.encoding names another)"


def stated(head: bytes, encoding: str | None) -> tuple[str, str] | None:
    """Tell the encoding where it need not be guessed.

    Args:
        head: the file's beginning, an even number of bytes of it or all.
        encoding: as it was set, or None.

    Returns:
        Its name, and the name with how it was found; None where neither a setting, a byte-order mark nor
        zero bytes tell it.

    Raises:
        DataError: there is no encoding of this name.
    """
    if encoding is not None:
        _check_known(encoding)
        return encoding, f"{encoding} (as set)"
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name, f"{name} (byte-order mark)"
    wide = _two_byte_pattern(head)
    return None if wide is None else (wide, f"{wide} (detected by its zero bytes)")


def _check_known(encoding: str) -> None:
    try:
        codecs.lookup(encoding)
        b"a".decode(
            encoding, "ignore"
        )  # refuses codecs that are no text encodings, such as base64
    except (LookupError, ValueError) as error:
        raise DataError(
            f"data.encoding={encoding!r} is not a text encoding that Python knows. Take for "
            "example utf-8, utf-16, cp1252 or latin-1, or leave it out to detect it."
        ) from error


def _decode_as(raw: bytes, encoding: str, file: str, remedy: str) -> str:
    try:
        return raw.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise DataError(
            f"{file}, {_place(raw, error)} is not valid {encoding}. {remedy}"
        ) from error
    except ValueError as error:  # idna and punycode tell no position
        raise DataError(f"{file}: not valid {encoding} ({error}). {remedy}") from error


def _place(raw: bytes, error: UnicodeDecodeError) -> str:
    line = raw.count(b"\n", 0, error.start) + 1
    found = raw[error.start : error.start + 1].hex() or "end of file"
    return f"line {line}: byte 0x{found} at offset {error.start}"


def _two_byte_pattern(raw: bytes) -> str | None:
    sample = raw[:_SAMPLE]
    if not sample or len(raw) % 2:
        return None
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    half = len(sample) / 2
    if odd > 0.5 * half and even < 0.1 * half:
        return "utf-16-le"
    return "utf-16-be" if even > 0.5 * half and odd < 0.1 * half else None


def _refuse_damaged_utf8(raw: bytes, error: UnicodeDecodeError, file: str) -> None:
    # Text of another encoding rarely forms valid UTF-8 sequences by chance. Where most of them are
    # valid, the file is UTF-8 with damage, and another encoding would garble all the good ones.
    lenient = raw.decode("utf-8", "replace")
    damaged = lenient.count("\ufffd")
    valid = sum(1 for _ in re.finditer(r"[^\x00-\x7f\ufffd]", lenient))
    if valid > 2 * damaged:
        raise DataError(
            f"{file}, {_place(raw, error)} is not valid UTF-8, while {valid} other characters "
            "beyond "
            f"ASCII are ({damaged} damaged). Repair those bytes, or set data.encoding (latin-1 "
            "accepts "
            "any byte) to read the file in another encoding."
        ) from error


def _guess(raw: bytes) -> str:
    from charset_normalizer import from_bytes

    sample = _sample(raw)
    best = from_bytes(sample).best()
    name = best.encoding if best else "cp1252"
    western = _decodes(raw, "cp1252")
    # Scripts other than Latin leave few ASCII letters in their lines.
    latin = _LATIN_SCRIPT.fullmatch(name) or sum(b > 127 for b in sample) < 0.1 * len(sample)
    if western is not None:
        if name.startswith(("utf_", "ascii")) or (latin and _reads_well(western)):
            return "cp1252"
    for candidate in (name, "cp1252"):
        if _decodes(raw, candidate) is not None:
            return candidate
    return "latin-1"


def _sample(raw: bytes) -> bytes:
    lines = b"\n".join(line for line in raw.split(b"\n") if not line.isascii())
    beyond = next((i for i, byte in enumerate(lines) if byte > 127), 0)
    return lines[max(0, beyond - 1000) :][:_SAMPLE]


def _decodes(raw: bytes, encoding: str) -> str | None:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return None


def _reads_well(text: str) -> bool:
    # Polish or Czech read as cp1252 shows signs such as `³` and `¿` inside its words.
    beyond = sum(1 for _ in re.finditer(r"[^\x00-\x7f]", text))
    return len(_SYMBOL_IN_WORD.findall(text)) <= 0.1 * beyond
