"""Recipe of the small French and English Whisper model that ships with the product."""
