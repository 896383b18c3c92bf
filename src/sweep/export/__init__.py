"""The winner as a folder that predicts on its own; the door to MLflow's models."""
