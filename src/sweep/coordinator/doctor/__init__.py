"""What is examined besides a sweep's trials: its corpus and its network, beside the first of them."""
