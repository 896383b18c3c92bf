"""One sweep: its search, its conclusion, and what makes it the same sweep."""
