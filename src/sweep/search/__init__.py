"""The door to Optuna: the search space, the study of an arm, and what it remembers."""
