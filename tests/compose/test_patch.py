"""A patch as words of a command."""

from pathlib import Path

import pytest

from sweep.compose.compose import compose
from sweep.compose.flags import read_flags
from sweep.compose.patch import patch_words
from sweep.errors import UserError

PATCH = """
name: again  # a comment
optimizer: {clip_norm: 0.5}
model: {read_out: max}
search:
  trials: 7
  space:
    optimizer:
      learning_rate: {high: 0.02, low: 1.0e-05}
      name: {choices: [adam, rmsprop]}
    text:
      lowercase: {type: categorical, choices: [true, false]}
"""


def patch(folder: Path, text: str = PATCH) -> Path:
    file = folder / "patch.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_each_setting_is_a_word_and_the_space_is_changed_or_added_to(tmp_path: Path) -> None:
    assert patch_words(patch(tmp_path)) == [
        "name=again",
        "optimizer.clip_norm=0.5",
        "model.read_out=max",
        "search.trials=7",
        "++search.space.optimizer.learning_rate.high=0.02",
        "++search.space.optimizer.learning_rate.low=1e-05",
        "++search.space.optimizer.name.choices=[adam,rmsprop]",
        "++search.space.text.lowercase.type=categorical",
        "++search.space.text.lowercase.choices=[true,false]",
    ]


def test_a_search_takes_a_patch_which_goes_before_all_that_is_typed_but_the_name(
    tmp_path: Path,
) -> None:
    words = ["+search=lstm_vs_gru", "--patch", str(patch(tmp_path)), "search.trials=3"]
    words.append("search.space.optimizer.learning_rate={type: float, low: 0.001, high: 1.0}")
    config = compose(read_flags(words))
    assert (config.sweep, config.optimizer.clip_norm, config.search.trials) == ("again", 0.5, 7)
    assert compose(read_flags([*words, "name=mine"])).sweep == "mine"
    space = config.search.space
    rate = {"type": "float", "low": 1e-5, "high": 0.02, "log": True}
    assert space["optimizer"]["learning_rate"] == rate
    assert space["optimizer"]["name"]["choices"] == ["adam", "rmsprop"]
    assert space["text"]["lowercase"]["choices"] == [True, False]
    assert space["model"]["cell"]["choices"] == ["lstm", "gru"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, r"--patch .*: it cannot be read: No such file"),
        ("a: [", "it is no YAML"),
        ("- a\n- b", "must hold lines of the form `NAME: VALUE`, but holds list"),
    ],
)
def test_a_patch_that_is_none_is_refused(tmp_path: Path, text: str | None, told: str) -> None:
    file = tmp_path / "patch.yaml" if text is None else patch(tmp_path, text)
    with pytest.raises(UserError, match=told):
        read_flags(["--patch", str(file)])


def test_a_patch_of_settings_that_are_none_is_refused_as_if_typed(tmp_path: Path) -> None:
    flags = read_flags(["+search=smoke", "--patch", str(patch(tmp_path, "optimizr: {a: 1}"))])
    with pytest.raises(UserError, match="optimizr"):
        compose(flags)
