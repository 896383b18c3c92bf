"""What ails a sweep and why: records in, findings out; reads no file and trains nothing."""
