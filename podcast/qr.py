"""Draw QR codes: the one door to segno."""

from __future__ import annotations

from io import BytesIO


def svg(text: str) -> bytes:
    """The code of a text as an SVG file: black on its own white ground, to be read in any scheme.

    A quarter of it may be hidden or dirty (level Q): it is printed and stuck on doors.
    """
    import segno

    file = BytesIO()
    made = segno.make_qr(text, error="q", boost_error=False)
    made.save(
        file, kind="svg", border=4, light="#fff", omitsize=True, svgclass=None, lineclass=None
    )
    return file.getvalue()
