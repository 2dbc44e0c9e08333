"""Times are integers, and what is written can be read back."""

from hypothesis import given
from hypothesis import strategies as st

from podcast import timecode

MS = st.integers(0, 100 * 3600 * 1000)


@given(MS)
def test_captions_times_read_back(ms: int) -> None:
    assert timecode.parse_clock(timecode.vtt(ms)) == ms
    assert timecode.parse_clock(timecode.srt(ms)) == ms


@given(MS)
def test_clock_is_cut_to_the_second(ms: int) -> None:
    assert timecode.parse_clock(timecode.clock(ms)) == ms // 1000 * 1000


def test_never_sixty_seconds() -> None:
    assert timecode.vtt(59_999) == "00:00:59.999"
    assert timecode.clock(59_999) == "0:59"


def test_spoken_as_words() -> None:
    assert timecode.spoken(754_000) == "12 min 34 s"
    assert timecode.spoken(0) == "0 s"
    assert timecode.spoken(3_600_000) == "1 h 0 min"
    assert timecode.iso(3_723_000) == "PT1H2M3S"


def test_what_is_no_time() -> None:
    for text in ("", "12", "1:75", "a:bc", "1:2", "99"):
        assert timecode.parse_clock(text) is None
