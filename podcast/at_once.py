"""Answer a ``publish`` or ``build`` that would change nothing, before the program is loaded."""

from __future__ import annotations

import gc
import os
import sys

from podcast.names import of_network, root_of
from podcast.spoken import asked
from podcast.unchanged import Left, Seen, compared, network_stands

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def answered(given: Sequence[str]) -> tuple[bool, Seen | None]:
    """Whether ``podcast`` with these arguments had nothing to do, which was said; what was seen.

    Where anything is unusual (an option that asks for more, a language without sentences), the
    program itself finds out.
    """
    if given and given[0] == "build":
        return _built(given[1:]), None
    if not given or given[0] != "publish":
        return False, None
    slugs, folder, force, sends = [], os.getcwd(), False, True
    rest = iter(given[1:])
    for word in rest:
        if word == "--folder":
            folder = next(rest, "")
        elif word == "--force":
            force = True
        elif word == "--no-deploy":
            sends = False
        elif word[:1] != "-":
            slugs.append(word)
        elif word != "--plain":
            return False, None
    root = root_of(folder)
    if not root or not slugs:
        return False, None
    gc.disable()  # there will be many small things, and no cycle
    left, seen = compared(root, slugs, force)
    gc.enable()
    if not left or (left.sends and sends):
        return False, seen
    return _told(left, slugs), seen


def _built(given: Sequence[str]) -> bool:
    """The same for the folder of a network."""
    folder = os.getcwd()
    rest = iter(given)
    for word in rest:
        if word == "--folder":
            folder = next(rest, "")
        elif word[:1] != "-":
            folder = word
        elif word != "--plain":
            return False
    root = of_network(folder)
    gc.disable()
    left = network_stands(root) if root else None
    gc.enable()
    return bool(left and _told(left, ()))


def _told(left: Left, slugs: Sequence[str]) -> bool:
    wanted = _primary(asked() or left.language)
    near = [tag for tag in left.said if _primary(tag) == wanted] or ["en"]
    if near != [wanted] and near != ["en"]:  # which of several is meant is for others to say
        return False
    said = left.said[near[0]]
    facts = {"{slugs}": ", ".join(slugs), "{podcast}": typed()}
    if not "".join(facts.values()).isprintable():  # what a name may tell the terminal to do
        return False
    for sentence in said:
        for name, fact in facts.items():
            sentence = sentence.replace(name, fact)
        print(sentence, flush=True)
    return True


def _primary(tag: str) -> str:
    """« fr » of « fr-CA » and « fr_CA.UTF-8 »."""
    return tag.partition(".")[0].partition("@")[0].replace("_", "-").partition("-")[0].lower()


def typed() -> str:
    """How this person can type ``podcast``: with its folder where it is not on PATH."""
    program = "podcast.exe" if sys.platform == "win32" else "podcast"
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        file = os.path.join(folder, program)
        if os.path.isfile(file) and os.access(file, os.X_OK):
            return "podcast"
    beside = os.path.join(os.path.dirname(sys.argv[0]), program)
    return os.path.relpath(beside) if os.path.isfile(beside) else "podcast"
