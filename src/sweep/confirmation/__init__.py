"""The confirmation of what a search found: who is confirmed, what is kept of each member, who wins."""
