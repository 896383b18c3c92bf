"""The recurrent network: embedding, LSTM or GRU, read-out, one logit; and the batches that go through it."""
