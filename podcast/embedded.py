"""JSON inside a page, in a form that no text in it can break out of."""

from __future__ import annotations

import json

from markupsafe import Markup


def embedded(value: object) -> Markup:
    """The value as JSON for a ``<script type="application/json">``.

    A ``<`` is written as an escape: an HTML parser ends the element at ``</script`` and changes
    its ways at ``<!--``, whatever JSON means by them (HTML Standard, 4.12.1.3).
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return Markup(text.replace("<", "\\u003c"))
