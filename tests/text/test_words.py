import pytest

from sweep.errors import UserError
from sweep.text.words import WordForms

OFF = {"stop_words": False, "keep_negations": True, "reduction": "none", "language": "en"}
STOP = OFF | {"stop_words": True}


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("this is not the end", "not end"),
        ("I don't and can\u2019t, cannot, won't", "don't can\u2019t , cannot , won't"),
        ("no one, nor NEVER without nothing", "no one, nor NEVER without nothing"),
        ("a good and free offer: the best problem", "good free offer: best problem"),
        ("It's what you ARE", ""),
    ],
)
def test_stop_words_spare_negations_and_what_labels_hang_on(text, left):
    assert WordForms(**STOP)(text).replace(" ", "") == left.replace(" ", "")


def test_negations_go_when_asked():
    forms = WordForms(**STOP | {"keep_negations": False})
    assert forms("this is not the end, I don't never cannot win") == "end, win"


@pytest.mark.parametrize(
    ("language", "text", "left"),
    [
        ("de", "das ist nicht das Haus", "nicht Haus"),
        ("fr", "ce film ne est jamais drôle", "film ne jamais drôle"),
        ("nb", "det er ikke slutten", "ikke slutten"),
        ("es", "la película no es buena", "película no"),
    ],
)
def test_negations_of_other_languages_stay(language, text, left):
    kept = WordForms(**STOP | {"language": language})(text).split()
    assert set(left.split()) <= set(kept) < set(text.split())


@pytest.mark.parametrize(
    ("reduction", "language", "text", "reduced"),
    [
        ("stem", "en", "winning <number> prizes!", "win <number> prize!"),
        ("stem", "de", "häuser", "haus"),
        ("lemma", "en", "mice were running", "mouse be run"),
        ("lemma", "de", "häuser", "haus"),
        ("lemma", "no", "hunder", "hund"),
    ],
)
def test_word_forms_come_together(reduction, language, text, reduced):
    forms = WordForms(**OFF | {"reduction": reduction, "language": language})
    assert forms(text).lower() == reduced


def test_a_very_long_word_stays_as_it_is():
    word = "winnings" * 100_000
    assert WordForms(**OFF | {"reduction": "stem"})(word) == word


@pytest.mark.parametrize(
    ("settings", "mistakes"),
    [
        (
            STOP | {"language": "xx"},
            ["text.stop_words=true knows no text.language=xx; it knows: af"],
        ),
        (
            STOP | {"language": "zh"},
            ["text.keep_negations=true knows no text.language=zh; it knows: da"],
        ),
        (OFF | {"reduction": "stem", "language": "zh"}, ["text.reduction=stem knows no"]),
        (OFF | {"reduction": "lemma", "language": "zh"}, ["text.reduction=lemma knows no"]),
        (
            STOP | {"reduction": "lemma", "language": "xx"},
            ["text.stop_words=true knows no", "text.reduction=lemma knows no"],
        ),
    ],
)
def test_an_unknown_language_is_refused_with_the_known_ones(settings, mistakes):
    with pytest.raises(UserError) as caught:
        WordForms(**settings)
    assert len(caught.value.mistakes) == len(mistakes)
    for told, expected in zip(caught.value.mistakes, mistakes, strict=True):
        assert told.startswith(expected)
        assert " en" in told


def test_an_unknown_language_is_no_matter_where_nothing_asks_for_it():
    assert WordForms(**OFF | {"language": "xx"})("as it is") == "as it is"


def test_a_language_without_known_negations_works_when_they_need_not_stay():
    assert (
        WordForms(**STOP | {"language": "tr", "keep_negations": False})("bu ve kitap") == "kitap"
    )


def test_every_code_that_is_offered_works():
    from sweep.text import words

    for reduction, codes in (("stem", words._SNOWBALL), ("lemma", ("en", "no", "de"))):
        for code in codes:
            assert WordForms(**OFF | {"reduction": reduction, "language": code})("x") == "x"
    for code in words._NEGATIONS:
        WordForms(**STOP | {"language": code})
