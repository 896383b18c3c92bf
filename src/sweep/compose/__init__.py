"""The door to Hydra: command lines and files under conf/ become checked settings."""
