import pytest

from sweep.text.scripts import punctuation_pattern, token_pattern, word_pattern


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("I don't win!!", "I|don't|win|!|!"),
        ("o\u2019clock 'quoted'", "o\u2019clock|'|quoted|'"),
        ("see <url>, a<b", "see|<url>|,|a|<|b"),
        ("हिन्दी में", "हिन्दी|में"),
        ("می\u200cخواهم!", "می\u200cخواهم|!"),
        ("cafe\u0301 x", "cafe\u0301|x"),
        ("👍🏽❤\ufe0f👨\u200d👩\u200d👧🇩🇪🇫🇷", "👍🏽|❤\ufe0f|👨\u200d👩\u200d👧|🇩🇪|🇫🇷"),
    ],
)
def test_tokens_of_many_scripts(text, tokens):
    assert token_pattern().findall(text) == tokens.split("|")


def test_words_leave_the_symbols_between_them():
    assert word_pattern().sub("W", "(don't) <url> £5, हिन्दी!") == "(W) W £W, W!"


def test_punctuation_has_no_emoji_letters_marks_or_apostrophes():
    assert punctuation_pattern().sub("", "a-b_c£+…»'😀\u0301\u2019ह्") == "abc'😀\u0301\u2019ह्"
