"""What is shown of a sweep: summary, tables, progress."""
