"""How a reader says that a word in a transcript is wrong: by e-mail, or in a form on the web.

Neither needs a script or an account of ours.  The address is written as the show gives it, with
``{title}`` and ``{address}`` in a form's; what an e-mail begins with is worded here (RFC 6068).
"""

from __future__ import annotations

from urllib.parse import quote

from podcast.show import Show
from podcast.wording import Wording


def suggestion(show: Show, title: str, page: str, words: Wording) -> str:
    """The address that leads to it from the page of an episode; ``page`` is its own."""
    where = show.corrections or show.owner.email
    if "://" in where:
        filled = {"{title}": quote(title, safe=""), "{address}": quote(page, safe="")}
        for mark, value in filled.items():
            where = where.replace(mark, value)
        return where
    subject = quote(words.say("suggest.subject", title=title), safe="")
    body = quote(words.say("suggest.body", address=page).replace("\n", "\r\n"), safe="")
    return f"mailto:{where}?subject={subject}&body={body}"
