"""What is examined besides a sweep's trials: its corpus, its network, and at its end remedies."""
