"""Tiny corpora, split, each with texts of its own."""

import numpy as np

from sweep.data import Corpus, SplitCorpus


def split_corpus(seed: int) -> SplitCorpus:
    """Twelve texts in three parts; another seed makes another corpus."""
    texts = [f"text {seed} number {i}" for i in range(12)]
    labels = (np.arange(12) % 2).astype(np.int8)
    parts = np.array(["train"] * 6 + ["validation"] * 3 + ["test"] * 3)
    corpus = Corpus(name="c", texts=texts, labels=labels, positive="1", negative="0")
    return SplitCorpus(corpus=corpus, parts=parts)
