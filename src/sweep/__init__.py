"""Find an LSTM or GRU that classifies your texts, see how it compares with a simple baseline, and export it."""

__version__ = "0.1.0"
