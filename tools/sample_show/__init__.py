"""The sample show: its texts, its cover and the program that makes its recordings again."""
