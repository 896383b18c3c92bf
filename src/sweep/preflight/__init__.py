"""What a network is like before the budget is spent on it: short checks on the configuration itself."""
