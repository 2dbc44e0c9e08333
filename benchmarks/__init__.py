"""Measurements that decide how something is done; run one with ``python -m benchmarks.NAME``."""
