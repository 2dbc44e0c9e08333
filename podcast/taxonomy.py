"""Roles and groups of the Podcast Taxonomy, by which apps know who does what in a show.

Its keys are English whatever the show's language (podcasttaxonomy.com, version 2); they are
compared without regard to case, and are lower-case here.
"""

from __future__ import annotations

_GROUPS = {
    "cast": "host; co-host; guest host; guest; voice actor; narrator; announcer; reporter",
    "creative direction": (
        "director; assistant director; executive producer; senior producer; producer; "
        "associate producer; development producer; creative director"
    ),
    "writing": (
        "author; editorial director; co-writer; writer; songwriter; guest writer; story editor; "
        "managing editor; script editor; script coordinator; researcher; editor; fact checker; "
        "translator; transcriber; logger"
    ),
    "audio production": (
        "studio coordinator; technical director; technical manager; audio engineer; "
        "remote recording engineer; post production engineer"
    ),
    "audio post-production": (
        "audio editor; sound designer; foley artist; composer; theme music; music production; "
        "music contributor"
    ),
    "administration": (
        "production coordinator; booking coordinator; production assistant; content manager; "
        "marketing manager; sales representative; sales manager"
    ),
    "visuals": "graphic designer; cover art designer",
    "community": "social media manager",
    "misc.": "consultant; intern",
    "video production": "camera operator; lighting designer; camera grip; assistant camera",
    "video post-production": "assistant editor",
}
# What we say more exactly than the taxonomy can.
_OURS = {"interpreter": "translator"}

GROUPS: dict[str, str] = {
    role: group for group, roles in _GROUPS.items() for role in roles.split("; ")
}
ROLES: tuple[str, ...] = (*GROUPS, *_OURS)
HOSTS = ("host", "co-host", "guest host")


def key(role: str) -> tuple[str, str]:
    """A role of ours as the taxonomy's role and group."""
    official = _OURS.get(role, role)
    return official, GROUPS[official]
