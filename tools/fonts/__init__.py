"""The fonts that the theme carries, and the program that makes them."""
