"""Symptoms that are seen before anything trains: of the corpus, by the audit, and of the network, by the pre-flight."""
