import os
import subprocess
import sys

import pytest

from sweep.errors import UserError
from sweep.text.tokens import number, segmenter, train

TEXTS = ["the cat sat", "the cat ran!", "a dog ran to <url> now", "<url> the end"] * 3
LEVELS = ["word", "character", "bpe", "unigram"]


def trained(level, texts=TEXTS, **settings):
    settings = {"vocabulary_size": 60, "min_frequency": 1, "masks": ["<url>"]} | settings
    units = [segmenter(level, True)(text) for text in texts]
    return train(level, units, **settings), units


@pytest.mark.parametrize("level", LEVELS)
def test_ids_spell_the_text_again_and_masks_are_atomic(level):
    tokenizer, units = trained(level)
    ids = number(tokenizer, level, units)
    for text, numbers in zip(TEXTS, ids, strict=True):
        tokens = [tokenizer.id_to_token(i) for i in numbers]
        assert "".join(tokens).replace("▁", "").replace(" ", "") == text.replace(" ", "")
        assert tokens.count("<url>") == text.count("<url>")
        assert not {0, 1} & set(numbers)


@pytest.mark.parametrize("level", LEVELS)
def test_the_file_gives_the_same_ids_in_the_library_itself(level):
    tokenizer, units = trained(level)
    spelt = [" ".join(unit) if level == "word" else "".join(unit) for unit in units]
    assert [tokenizer.encode(text).ids for text in spelt] == number(tokenizer, level, units)


@pytest.mark.parametrize("level", ["word", "character"])
def test_ids_fall_with_the_count_then_follow_the_alphabet(level):
    texts = ["b a c a", "c b d"] if level == "word" else ["bacacbd"]
    tokenizer, _ = trained(level, texts)
    tokens = sorted(tokenizer.get_vocab(), key=tokenizer.get_vocab().get)
    assert tokens == ["<pad>", "<unk>", "a", "b", "c", "d"]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("size", [5, 9, 20])
def test_the_vocabulary_is_never_larger_than_asked(level, size):
    tokenizer, units = trained(level, vocabulary_size=size)
    assert 3 <= tokenizer.get_vocab_size() <= size
    assert all(0 <= i < size for ids in number(tokenizer, level, units) for i in ids)


@pytest.mark.parametrize("level", LEVELS)
def test_what_is_rare_is_unknown(level):
    tokenizer, _ = trained(level, ["aa aa aa bb", "aa aa é"], min_frequency=2)
    (ids,) = number(tokenizer, level, [segmenter(level, True)("é")])
    assert ids[-1] == 1
    assert "bb" not in tokenizer.get_vocab()


@pytest.mark.parametrize("level", ["bpe", "unigram"])
def test_no_piece_crosses_punctuation_or_words(level):
    tokenizer, _ = trained(level, ["well-known, well-known."] * 9, masks=[])
    assert "▁well" in tokenizer.get_vocab()
    assert not [t for t in tokenizer.get_vocab() if "-" in t.strip("▁-") or "▁" in t[1:]]


@pytest.mark.parametrize("level", LEVELS)
def test_nothing_to_learn_from_is_refused(level):
    with pytest.raises(UserError, match=r"No token is left.*min_frequency=2"):
        trained(level, ["", ""], min_frequency=2)


def test_masks_without_room_are_refused_with_the_size_needed():
    with pytest.raises(UserError, match="at least 5 is needed"):
        trained("bpe", vocabulary_size=4)


SCRIPT = """
import random, hashlib
from sweep.text.tokens import number, segmenter, train
draw = random.Random(0)
syllables = ["ba", "ko", "ri", "tu", "sen", "lom", "ix", "er"]
texts = [" ".join("".join(draw.choices(syllables, k=draw.randint(1, 4))) for _ in range(30)) for _ in range(200)]
for level in ("bpe", "unigram"):
    tokenizer = train(level, texts, vocabulary_size=150, min_frequency=2, masks=[])
    print(hashlib.sha256(tokenizer.to_str().encode()).hexdigest())
"""


def test_training_is_the_same_in_every_process():
    answers = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(answers) == 1
