"""Apple's categories of before 2019, which old feeds still say, and what they are called now."""

from __future__ import annotations

from podcast.categories import choices

_NOW = {
    "arts > literature": "Arts > Books",
    "business > business news": "News > Business News",
    "business > management & marketing": "Business > Management",
    "business > shopping": "Business",
    "education > educational technology": "Education",
    "education > higher education": "Education",
    "education > k-12": "Education",
    "education > language courses": "Education > Language Learning",
    "education > training": "Education > How To",
    "games & hobbies": "Leisure",
    "games & hobbies > automotive": "Leisure > Automotive",
    "games & hobbies > aviation": "Leisure > Aviation",
    "games & hobbies > hobbies": "Leisure > Hobbies",
    "games & hobbies > other games": "Leisure > Games",
    "games & hobbies > video games": "Leisure > Video Games",
    "government & organizations": "Government",
    "government & organizations > non-profit": "Business > Non-Profit",
    "health": "Health & Fitness",
    "health > alternative health": "Health & Fitness > Alternative Health",
    "health > fitness & nutrition": "Health & Fitness > Fitness",
    "health > self-help": "Education > Self-Improvement",
    "health > sexuality": "Health & Fitness > Sexuality",
    "news & politics": "News > Politics",
    "religion & spirituality > other": "Religion & Spirituality",
    "science & medicine": "Science",
    "science & medicine > medicine": "Health & Fitness > Medicine",
    "science & medicine > natural sciences": "Science > Natural Sciences",
    "science & medicine > social sciences": "Science > Social Sciences",
    "society & culture > history": "History",
    "sports & recreation": "Sports",
    "sports & recreation > outdoor": "Sports > Wilderness",
    "technology > gadgets": "Technology",
    "technology > podcasting": "Technology",
    "technology > software how-to": "Technology",
    "technology > tech news": "News > Tech News",
}


_TODAY = {name.lower(): name for name in choices()}


def today(category: str, sub: str = "") -> str:
    """``Leisure > Video Games`` for ``Games & Hobbies``, ``Video Games``; "" for what is none."""
    category, sub = (" ".join(part.split()) for part in (category, sub))
    whole = f"{category} > {sub}" if sub else category
    # A part that has no name of its own any more is in what its whole has become.
    found = (_known(name) for name in (whole, category))
    return next((name for name in found if name), "")


def _known(name: str) -> str:
    folded = name.lower()
    return _NOW.get(folded) or _TODAY.get(folded, "")
