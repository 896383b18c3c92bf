"""Languages by function words and scripts: known where they are told, silent where they are not."""

import pytest

from sweep.text.languages import languages

ENGLISH = [
    "I have been waiting for this parcel since last week and nobody has told me where it is",
    "call me when you are there",
    "this is not what we wanted to buy from them",
    "u r so late lol",
    "the film was better than any of the others that she had seen",
]
OTHERS = {
    "de": "ich habe das nicht gewollt und es ist auch nicht so wie wir es uns gedacht haben",
    "fr": "je ne sais pas pourquoi vous avez fait cela avec les autres dans la maison",
    "es": "no sé por qué los otros han hecho eso con nosotros en la casa de ellos",
    "nl": "ik weet niet waarom zij dat met ons hebben gedaan en wat het was",
    "Cyrillic": "я не знаю почему они это сделали",
    "Arabic": "لا أعرف لماذا فعلوا ذلك",
    "Chinese or Japanese": "我不知道他们为什么这样做",
}


def test_english_alone() -> None:
    main, each = languages(ENGLISH * 3)
    assert main == "en"
    assert set(each) <= {"", "en"}


@pytest.mark.parametrize("name", OTHERS)
def test_one_text_among_english_ones(name: str) -> None:
    main, each = languages([*ENGLISH * 3, OTHERS[name]])
    assert main == "en"
    assert each[-1] == name
    assert set(each[:-1]) <= {"", "en"}


@pytest.mark.parametrize("name", OTHERS)
def test_the_main_language_is_that_of_most(name: str) -> None:
    assert languages([OTHERS[name]] * 5 + ENGLISH[:1])[0] == name


def test_nothing_is_said_of_what_cannot_be_told() -> None:
    assert languages(["123 456", "!!", "ok"]) == ("", ["", "", ""])
    assert languages([]) == ("", [])
