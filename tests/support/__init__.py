"""What several tests share, by the name of what it makes."""
