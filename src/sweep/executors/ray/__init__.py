"""Trials on the nodes of a Ray cluster: `executor` is the door."""
