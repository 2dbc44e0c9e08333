"""The words for a number: the only door to num2words.

A recogniser writes « 3 000 » where an editor writes « trois mille », or the other way round: both
are compared as they are said.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

Kind = Literal["cardinal", "ordinal", "year"]

# A longer number is a telephone or serial number, and is said digit by digit.
LONGEST = 12


@cache
def said(number: str, language: str, kind: Kind = "cardinal") -> str:
    """« 3000 » → « trois mille », « 12.5 » → « douze virgule cinq »; digits if nobody can tell.

    The import is late because num2words brings forty languages, and a text may have no number; the
    answers are kept because one takes 80 µs.
    """
    from decimal import Decimal

    from num2words import num2words

    whole = number.partition(".")[0]
    if len(whole) > LONGEST or (len(whole) > 1 and whole[0] == "0"):
        return " ".join(said(digit, language) for digit in number if digit != ".")
    # Decimal is fifteen times as slow as int.
    value = Decimal(number) if "." in number else int(number)
    try:
        return str(num2words(value, lang=language.partition("-")[0], to=kind))
    except (NotImplementedError, ValueError, TypeError, ArithmeticError):
        return number
