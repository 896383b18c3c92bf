"""The corpora that faults are planted in, and the faults that lie in a corpus."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from sweep.data.corpus import Corpus, SplitCorpus

Changed = Callable[[Corpus, np.random.Generator], Corpus]


def subsampled(corpus: Corpus, rows: int, seed: int) -> Corpus:
    """So many rows of a corpus, drawn; all where it has no more. What official parts it has is dropped."""
    kept = np.arange(len(corpus.texts))
    if rows < len(kept):
        kept = np.sort(np.random.default_rng(seed).permutation(len(kept))[:rows])
    return of_rows(corpus, kept)


def of_rows(corpus: Corpus, kept: np.ndarray) -> Corpus:
    return Corpus(
        name=corpus.name,
        texts=[corpus.texts[row] for row in kept],
        labels=corpus.labels[kept],
        positive=corpus.positive,
        negative=corpus.negative,
    )


def shuffled(corpus: Corpus, rng: np.random.Generator) -> Corpus:
    return replace(
        of_rows(corpus, np.arange(len(corpus.texts))), labels=rng.permutation(corpus.labels)
    )


def blanked(corpus: Corpus, rng: np.random.Generator) -> Corpus:
    """Texts of words that say nothing."""
    words = [f"w{n}" for n in range(200)]
    texts = [" ".join(rng.choice(words, size=12)) for _ in corpus.texts]
    return replace(of_rows(corpus, np.arange(len(corpus.texts))), texts=texts)


def rare(positives: int) -> Changed:
    def change(corpus: Corpus, rng: np.random.Generator) -> Corpus:
        yes = rng.permutation(np.flatnonzero(corpus.labels == 1))[: round(positives / 0.6)]
        return of_rows(corpus, np.sort(np.concatenate([yes, np.flatnonzero(corpus.labels == 0)])))

    return change


CHANGES: dict[str, Changed] = {
    "shuffled": shuffled,
    "blanked": blanked,
    "rare_12": rare(12),
    "rare_15": rare(15),
    "rare_30": rare(30),
}


def flipped(split: SplitCorpus) -> SplitCorpus:
    """Yes and no exchanged in all parts but the training part."""
    labels = np.where(split.parts == "train", split.corpus.labels, 1 - split.corpus.labels)
    corpus = of_rows(split.corpus, np.arange(len(labels)))
    return SplitCorpus(
        corpus=replace(corpus, labels=labels.astype(np.int8)), parts=split.parts, notes=split.notes
    )
