"""Tools that make what the product ships or tests with; none of them is installed."""
