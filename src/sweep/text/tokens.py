"""Tokens: a cleaned text cut into words, characters or learnt pieces, and the vocabulary that numbers them."""

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import chain

os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # workers own one thread each

from tokenizers import AddedToken, Regex, Tokenizer, models, pre_tokenizers, trainers

from sweep.errors import UserError
from sweep.text.scripts import MASK, token_pattern
from sweep.text.unigram import SPACE, train_unigram

PADDING_TOKEN = "<pad>"
UNKNOWN_TOKEN = "<unk>"
"""Tokens 0 and 1 of every vocabulary."""
_CHUNK = 512  # texts that the library encodes at once; more only costs memory
_SEEDS = 2  # candidate pieces for each one that a unigram vocabulary keeps
_MASKS = re.compile(MASK)
_CHARACTER = re.compile(f"{MASK}|.", re.S)


def segmenter(level: str, separate: bool) -> Callable[[str], Sequence[str]]:
    """Make the function that cuts a cleaned text as far as no vocabulary is needed.

    Args:
        level: word, character, bpe or unigram.
        separate: whether punctuation marks and other symbols are tokens of their own; characters always are.

    Returns:
        A function from text to unit: the list of its tokens (word, character), or the text with spaces wherever no
        piece may cross (bpe, unigram).
    """
    if level == "character":
        return _characters
    if level == "word":
        return token_pattern().findall if separate else str.split
    find = token_pattern().findall
    return (lambda text: " ".join(find(text))) if separate else str


def train(
    level: str,
    units: Sequence[Sequence[str]],
    *,
    vocabulary_size: int,
    min_frequency: int,
    masks: Sequence[str],
) -> Tokenizer:
    """Learn a vocabulary; the same units give the same one, bit by bit.

    Words and characters are numbered by falling count, then alphabetically; pieces in the order they were learnt.

    Args:
        level: word, character, bpe or unigram.
        units: what `segmenter` made of the training texts.
        vocabulary_size: most tokens, padding and unknown included.
        min_frequency: a token, or a merge of two, seen less often is left out.
        masks: masks that may occur; each is one piece.

    Returns:
        The tokenizer; `number` applies it.

    Raises:
        UserError: no token is frequent enough, or the vocabulary has no room for one.
    """
    if level in ("word", "character"):
        counts = Counter(chain.from_iterable(units))
        kept = _frequent(counts, vocabulary_size - 2, min_frequency)
        tokenizer = _listed(kept, level)
    else:
        room = vocabulary_size - 2 - len(masks)
        if room < 2:
            raise UserError(
                f"text.vocabulary_size must leave room for two pieces beside padding, unknown and {len(masks)} masks "
                f"at text.level={level}, but got {vocabulary_size}; at least {4 + len(masks)} is needed."
            )
        tokenizer = _pieces(level, [str(unit) for unit in units], room, min_frequency, masks)
    reserved = {PADDING_TOKEN, UNKNOWN_TOKEN, SPACE, " "} | (
        set() if level == "word" else set(masks)
    )
    if not tokenizer.get_vocab().keys() - reserved:
        raise UserError(
            f"No token is left to learn from: none of the {len(units)} training texts' tokens "
            f"(text.level={level}) occurs text.min_frequency={min_frequency} times after cleaning. "
            "Lower text.min_frequency, or let the cleaning remove less."
        )
    return tokenizer


def number(tokenizer: Tokenizer, level: str, units: Sequence[Sequence[str]]) -> list[list[int]]:
    """Number the tokens of each unit.

    Args:
        tokenizer: what `train` returned, or its file read again.
        level: the level it was trained for.
        units: what `segmenter` made of the texts.

    Returns:
        The ids of each unit, uncut; empty for an empty one.
    """
    if level in ("word", "character"):
        find = (
            tokenizer.get_vocab().get
        )  # what the library does, without an object for every token
        return [[find(token, 1) for token in unit] for unit in units]
    return [
        encoding.ids
        for start in range(0, len(units), _CHUNK)
        for encoding in tokenizer.encode_batch_fast(
            [str(unit) for unit in units[start : start + _CHUNK]]
        )
    ]


def _characters(text: str) -> Sequence[str]:
    return _CHARACTER.findall(text) if "<" in text else text


def _frequent(counts: Counter[str], room: int, min_frequency: int) -> list[str]:
    frequent = (token for token, count in counts.items() if count >= min_frequency)
    return sorted(frequent, key=lambda token: (-counts[token], token))[:room]


def _listed(kept: Iterable[str], level: str) -> Tokenizer:
    vocabulary = {
        token: number for number, token in enumerate((PADDING_TOKEN, UNKNOWN_TOKEN, *kept))
    }
    tokenizer = Tokenizer(models.WordLevel(vocab=vocabulary, unk_token=UNKNOWN_TOKEN))
    tokenizer.pre_tokenizer = (
        pre_tokenizers.WhitespaceSplit()
        if level == "word"
        else pre_tokenizers.Split(Regex(rf"{MASK}|[\s\S]"), "isolated")
    )
    return tokenizer


def _pieces(
    level: str, texts: list[str], room: int, min_frequency: int, masks: Sequence[str]
) -> Tokenizer:
    texts = [_MASKS.sub(" ", text) if masks and "<" in text else text for text in texts]
    counts = Counter(" ".join(texts))
    for space in (" ", SPACE):
        counts.pop(space, None)
    alphabet = [SPACE, *_frequent(counts, room - 1, min_frequency)]
    if rare := counts.keys() - set(alphabet):
        pattern = re.compile(f"[{re.escape(''.join(sorted(rare)))}]")
        texts = [pattern.sub(" ", text) for text in texts]
    # A mask takes the spaces around it with it, and is cut out before any piece is looked for.
    reserved = [
        PADDING_TOKEN,
        UNKNOWN_TOKEN,
        *(AddedToken(mask, lstrip=True, rstrip=True, normalized=False) for mask in masks),
    ]
    bpe = Tokenizer(models.BPE(unk_token=UNKNOWN_TOKEN))
    bpe.pre_tokenizer = pre_tokenizers.Metaspace(replacement=SPACE, prepend_scheme="always")
    bpe.train_from_iterator(
        texts,
        trainers.BpeTrainer(
            vocab_size=len(reserved) + room * (_SEEDS if level == "unigram" else 1),
            min_frequency=min_frequency,
            special_tokens=reserved,
            initial_alphabet=alphabet,
            show_progress=False,
        ),
    )
    if level == "bpe":
        return bpe
    names = [PADDING_TOKEN, UNKNOWN_TOKEN, *masks]
    words = Counter(chain.from_iterable(text.replace(SPACE, " ").split() for text in texts))
    pieces = train_unigram(words, set(bpe.get_vocab()) - set(names), room, min_frequency)
    unigram = Tokenizer(
        models.Unigram([(name, 0.0) for name in names] + pieces, unk_id=names.index(UNKNOWN_TOKEN))
    )
    unigram.pre_tokenizer = bpe.pre_tokenizer
    unigram.add_special_tokens(reserved)
    return unigram
