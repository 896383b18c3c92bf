"""What is ill in a corpus before anything trains: numbers and row numbers, never texts; judges nothing."""
