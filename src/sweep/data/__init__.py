"""Corpora: reading them from files, and splitting them into training, validation and test."""

from sweep.data.corpus import Corpus, SplitCorpus
from sweep.data.load import load
from sweep.data.split import split

__all__ = ["Corpus", "SplitCorpus", "load", "split"]
