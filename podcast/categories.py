"""Apple's categories of podcasts, spelt as its directory wants them: 19, with 91 below them.

Other directories take the same list (podcasters.apple.com/support/1691-apple-podcasts-categories).
"""

from __future__ import annotations

_BELOW = {
    "Arts": "Books; Design; Fashion & Beauty; Food; Performing Arts; Visual Arts",
    "Business": "Careers; Entrepreneurship; Investing; Management; Marketing; Non-Profit",
    "Comedy": "Comedy Interviews; Improv; Stand-Up",
    "Education": "Courses; How To; Language Learning; Self-Improvement",
    "Fiction": "Comedy Fiction; Drama; Science Fiction",
    "Government": "",
    "Health & Fitness": (
        "Alternative Health; Fitness; Medicine; Mental Health; Nutrition; Sexuality"
    ),
    "History": "",
    "Kids & Family": "Education for Kids; Parenting; Pets & Animals; Stories for Kids",
    "Leisure": (
        "Animation & Manga; Automotive; Aviation; Crafts; Games; Hobbies; Home & Garden; "
        "Video Games"
    ),
    "Music": "Music Commentary; Music History; Music Interviews",
    "News": (
        "Business News; Daily News; Entertainment News; News Commentary; Politics; Sports News; "
        "Tech News"
    ),
    "Religion & Spirituality": (
        "Buddhism; Christianity; Hinduism; Islam; Judaism; Religion; Spirituality"
    ),
    "Science": (
        "Astronomy; Chemistry; Earth Sciences; Life Sciences; Mathematics; Natural Sciences; "
        "Nature; Physics; Social Sciences"
    ),
    "Society & Culture": (
        "Documentary; Personal Journals; Philosophy; Places & Travel; Relationships"
    ),
    "Sports": (
        "Baseball; Basketball; Cricket; Fantasy Sports; Football; Golf; Hockey; Rugby; Running; "
        "Soccer; Swimming; Tennis; Volleyball; Wilderness; Wrestling"
    ),
    "Technology": "",
    "True Crime": "",
    "TV & Film": "After Shows; Film History; Film Interviews; Film Reviews; TV Reviews",
}

CATEGORIES: dict[str, tuple[str, ...]] = {
    name: tuple(below.split("; ")) if below else () for name, below in _BELOW.items()
}


def choices() -> tuple[str, ...]:
    """All that may be chosen: « Education » and « Education > Courses »."""
    return tuple(
        choice
        for name, below in CATEGORIES.items()
        for choice in (name, *(f"{name} > {sub}" for sub in below))
    )


def parts(choice: str) -> tuple[str, str]:
    """The category and what is below it, which may be empty."""
    name, _, below = choice.partition(">")
    return name.strip(), below.strip()
