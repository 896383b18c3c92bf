"""The door to MLflow's runs: events noted on disk, and a process beside that sends them."""
