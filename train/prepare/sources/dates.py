"""Days as people write them at the head of a post."""

import re
from datetime import date

NUMBERS = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
DAY_FIRST = re.compile(r"(?:[a-z]{3,9},?\s+)?(\d{1,2})(?:st|nd|rd|th)?\s+([a-z]{3,9})\.?,?\s+(\d{4})", re.I)
MONTH_FIRST = re.compile(r"(?:[a-z]{3,9},\s+)?([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})", re.I)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def day_of(text: str | None) -> str:
    """The day a date begins with as YYYY-MM-DD, as its author saw it, or nothing if there is no such day."""
    text = (text or "").strip()
    if match := NUMBERS.match(text):
        return _day(match[1], match[2], match[3])
    if match := DAY_FIRST.match(text):
        return _day(match[3], _month(match[2]), match[1])
    if match := MONTH_FIRST.match(text):
        return _day(match[3], _month(match[1]), match[2])
    return ""


def _month(name: str) -> str:
    short = name[:3].lower()
    return str(MONTHS.index(short) + 1) if short in MONTHS else "0"


def _day(year: str, month: str, day: str) -> str:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return ""
