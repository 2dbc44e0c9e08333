"""Make the fonts of the theme from the npm package that carries Atkinson Hyperlegible Next.

    npm pack @fontsource/atkinson-hyperlegible-next@5.3.0
    tar xzf fontsource-atkinson-hyperlegible-next-5.3.0.tgz
    python -m tools.fonts.make package templates/static/fonts

The fonts have no narrow no-break space, which French sets before ; ! ? and inside « », and no
no-break hyphen.  A browser could take each from another font, so they are added: the space as wide
as the font's own thin space, the hyphen as its own.  The licence (SIL OFL 1.1, without a reserved
font name) allows it.  Needs fontTools with brotli.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from fontTools.ttLib import TTFont

STYLES = {
    "regular": "400-normal",
    "bold": "700-normal",
    "italic": "400-italic",
    "bold-italic": "700-italic",
}
SUBSETS = {"": "latin", "-ext": "latin-ext"}
NO_BREAK = {0x202F: 0x2009, 0x2011: ord("-")}


def add_no_break(font: TTFont) -> None:
    """Show the no-break signs of French typography as the font's signs that may break."""
    drawn = font.getBestCmap()
    for table in font["cmap"].tables:
        table.cmap.update({code: drawn[like] for code, like in NO_BREAK.items()})


def make(package: Path, out: Path) -> None:
    """Write each style, in its two subsets, and the licence beside them."""
    out.mkdir(parents=True, exist_ok=True)
    for style, theirs in STYLES.items():
        for suffix, subset in SUBSETS.items():
            file = package / "files" / f"atkinson-hyperlegible-next-{subset}-{theirs}.woff2"
            font = TTFont(file, recalcTimestamp=False)
            if subset == "latin":
                add_no_break(font)
            font.flavor = "woff2"
            font.save(out / f"hyperlegible-{style}{suffix}.woff2")
    shutil.copyfile(package / "LICENSE", out / "OFL.txt")


if __name__ == "__main__":
    make(Path(sys.argv[1]), Path(sys.argv[2]))
