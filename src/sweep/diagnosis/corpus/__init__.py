"""Symptoms that are seen in the corpus, before anything trains."""
