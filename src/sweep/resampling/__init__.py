"""Which rows, weights and interpolated pairs of the training part a trial sees; the door to imbalanced-learn."""
