"""Turn recorded speech into an accessible, published podcast: pages, captions, audio and feed."""

__version__ = "0.1.0"
