"""Signs of damage: a table of texts that show each, and of texts that look like it."""

import pytest

from sweep.text.damage import SIGNS

SHOWS = {
    "broken_encoding": ["donâ€™t", "cafÃ© noir", "fÃ¼r"],
    "replaced": ["caf\ufffd"],
    "markup": ["good<br />film", "salt &amp; pepper", "<a href='x'>y</a>"],
    "escapes": [r"one\ntwo", r"one\xa0two", r"don\u2019t"],
    "controls": ["a\x00b", "a\x93b"],
    "invisible": ["a\u200bb", "soft\u00adhyphen"],
    "shouting": ["CALL NOW TO WIN"],
}
LOOKS_LIKE = {
    "broken_encoding": ["don’t", "café noir", "für", "naïve façade", "plain"],
    "replaced": ["what?"],
    "markup": ["a < b and c > d", "R&D", "<3", "AT&T; more"],
    "escapes": [r"C:\new\table", "one\ntwo", "a / b"],
    "controls": ["a\tb\nc\r\n"],
    "invisible": ["می\u200cخواهم", "👨\u200d👩"],
    "shouting": ["OK", "12345678910!", "Call NOW"],
}


@pytest.mark.parametrize("sign", SIGNS)
def test_each_sign_is_seen_where_it_is_and_only_there(sign: str) -> None:
    assert [text for text in SHOWS[sign] if not SIGNS[sign](text)] == []
    assert [text for text in LOOKS_LIKE[sign] if SIGNS[sign](text)] == []
