"""The door for Python programs; the commands stand on the same functions. The package's own names lead here."""
