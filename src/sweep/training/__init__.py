"""The door to Lightning: one job is trained to one result."""
