"""How pages write dates, periods, numbers and counts."""

import datetime as dt
import re
from collections.abc import Sequence

# What each class of the map means; the order is the order of legends and sentences.
CLASSES: tuple[tuple[str, str, str], ...] = (
    (
        "better",
        "Better",
        "Better than the comparator by more than chance and the usual differences between areas explain",
    ),
    ("similar", "Similar", "No further from the comparator than areas usually are"),
    (
        "worse",
        "Worse",
        "Worse than the comparator by more than chance and the usual differences between areas explain",
    ),
    ("too few data", "Too few data", "Too few observations to tell"),
    ("uncertainty unknown", "Uncertainty unknown", "A score was published without saying how certain it is"),
    ("not judged", "Not judged", "More is neither better nor worse in itself"),
    ("not compared", "Not compared", "There is a value, but nothing to compare it with"),
    ("suppressed", "Suppressed", "Withheld, because so few people or answers stand behind it"),
    ("missing", "No data", "There is no value for this area and period"),
)

# In the dashes and minus signs that printed text uses.
NONE = "\N{EN DASH}"
MINUS = "\N{MINUS SIGN}"
KILO, MEGA = 1_000, 1_000_000

COMPARATORS = {
    "all_areas": "all areas together",
    "parent": "the wider area",
    "family": "its family",
    "statistical_neighbours": "the areas most like it",
    "usual": "what is usual for such roads",
}


def day(date: dt.date | None) -> str:
    """Write a date: 3 April 2026."""
    return "not stated" if date is None else f"{date.day} {date:%B %Y}"


def instant(moment: dt.datetime) -> str:
    """Write an instant held as UTC: 3 April 2026, 02:31 UTC."""
    return f"{day(moment)}, {moment:%H:%M} UTC"


def period(start: dt.date, end: dt.date) -> str:
    """Write a period by the shortest name it has: 2024, 2024/25, 2021 to 2025, its months, or its dates."""
    after = end + dt.timedelta(days=1)
    years = after.year - start.year
    if (start.day, start.month) == (after.day, after.month) and years >= 1:
        last = after.year - 1
        if (start.day, start.month) == (1, 1):
            return str(start.year) if years == 1 else f"{start.year} to {last}"
        if (start.day, start.month) == (1, 4):
            spring = f"{start.year}/{(start.year + 1) % 100:02d}"
            return spring if years == 1 else f"{spring} to {last}/{after.year % 100:02d}"
    if start.day == after.day == 1:
        first, last_month = f"{start:%b %Y}", f"{end:%b %Y}"
        return first if first == last_month else f"{first} to {last_month}"
    return f"{day(start)} to {day(end)}"


def number(value: float | None, decimals: int = 0) -> str:
    """Write a number with thousands separated; a dash where there is none."""
    if value is None:
        return NONE
    return f"{value:,.{decimals}f}".replace("-", MINUS)


def signed(value: float, decimals: int = 0) -> str:
    """Write a change with its sign: +0.3, 0.0, or with a minus sign."""
    text = number(value, decimals)
    return f"+{text}" if float(f"{value:.{decimals}f}") > 0 else text


def pounds(value: float | None) -> str:
    """Write an amount of money, to three figures."""
    if value is None:
        return NONE
    amount = float(f"{value:.3g}")
    return f"{MINUS if amount < 0 else ''}£{abs(amount):,.0f}"


def count(amount: int, one: str, many: str | None = None) -> str:
    """Write a count with its noun: 1 area, 2 areas."""
    return f"{amount:,} {one if amount == 1 else many or one + 's'}"


def sentence(text: str | None) -> str:
    """End a text from the data as a sentence ends."""
    text = (text or "").strip()
    return text if not text or text[-1] in ".?!" else f"{text}."


def listing(parts: Sequence[str]) -> str:
    """Join parts as a sentence does: a, b and c."""
    return parts[0] if len(parts) == 1 else " and ".join([", ".join(parts[:-1]), parts[-1]]) if parts else ""


def slug(text: str) -> str:
    """Make a text fit for a file name."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40] or "x"


def size(octets: int) -> str:
    """Write a file's size."""
    if octets < KILO:
        return f"{octets} bytes"
    return f"{octets / KILO:,.0f} kB" if octets < MEGA else f"{octets / MEGA:,.1f} MB"
