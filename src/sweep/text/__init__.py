"""Text to token ids: cleaning, words, tokens, the encoder, its cache, and ready-made vectors."""
