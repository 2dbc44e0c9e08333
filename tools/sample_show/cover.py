"""Draw the covers of the sample show and of new shows with headless Chromium and Pillow.

Run ``python -m tools.sample_show.cover`` from the repository root.  The lettering is Manrope
(Debian: ``apt-get install fonts-manrope``); only the JPEG is used by the show itself.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from PIL import Image

HERE = Path(__file__).resolve().parent
SIDE = 1400  # pixels
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--hide-scrollbars",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def draw(svg: Path, jpeg: Path) -> None:
    """Render a square SVG to an RGB JPEG of 1400 by 1400 pixels."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        raise SystemExit("Chromium is missing: apt-get install chromium")
    with tempfile.TemporaryDirectory() as folder:
        shot = Path(folder) / "cover.png"
        places = [f"--user-data-dir={folder}/profile", f"--screenshot={shot}"]
        size = f"--window-size={SIDE},{SIDE}"
        command = [browser, *QUIET, *places, size, svg.as_uri()]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        with Image.open(shot) as picture:
            picture.convert("RGB").save(jpeg, quality=90, optimize=True, subsampling=0)


if __name__ == "__main__":
    root = HERE.parents[1]
    draw(HERE / "cover.svg", root / "cover.jpg")
    draw(HERE / "example-cover.svg", root / "podcast" / "example" / "cover.jpg")
