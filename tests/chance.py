"""How many examples Hypothesis thinks of: enough each day, and each night so many that rare ones come.

``--hypothesis-profile nightly`` chooses the night, as ``python3 start.py nightly`` does.
"""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# How fast a loaded machine makes examples says nothing about our promises.
settings.register_profile(
    "podcast", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=100
)
# With what failed comes a line that repeats it on another machine.
settings.register_profile(
    "nightly",
    settings.get_profile("podcast"),
    max_examples=1500,
    derandomize=False,
    print_blob=True,
)
# Here and not in conftest.py, which pytest loads once for itself and tests once more for them: the
# second time would take back what the command line has chosen.
settings.load_profile("podcast")


def examples(daily: int) -> int:
    """For ``@settings(max_examples=...)``: as many by day, and more in the same proportion by night."""
    return daily * settings().max_examples // settings.get_profile("podcast").max_examples
