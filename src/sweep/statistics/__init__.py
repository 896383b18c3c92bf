"""Arrays in, numbers out: how sure a comparison is, what a budget buys, which choice mattered."""
