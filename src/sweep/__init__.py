"""Find an LSTM or GRU that classifies your texts, know which choice mattered, and export it."""

__version__ = "0.1.0"
