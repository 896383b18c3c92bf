"""The sections of the page: each is one question of a reader."""
