"""An exported model at work: the rows of a file piece by piece, and requests over HTTP."""
