"""Sentences made of the numbers of a row, such that every number can be read back and found in the row."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from string import Formatter

Row = Mapping[str, object]
_NUMBER = re.compile(r"(?<![\w.,/])(£?)(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?( million| billion|%)?(?![\w])")
_SCALE = {" million": 1e6, " billion": 1e9, "%": 0.01, None: 1.0}
_TEXTS = ("name", "names", "several")
_THOUSAND = 1e3
_MILLION = 1e6


@dataclass(frozen=True)
class Told:
    """A number as a sentence tells it: its value, half of its last digit's step, and its text."""

    value: float
    half_step: float
    text: str

    def is_of(self, value: float) -> bool:
        """Tell whether a value, rounded as the text is, reads so."""
        return abs(self.value - value) <= self.half_step * (1 + 1e-9) + 1e-12


def sentence(template: str, row: Row) -> str | None:
    """Fill a template with the values of a row; nothing if one is null, or a number is endless or below 0.

    Fields are ``{column:format}``; the formats are ``name`` (text as it is), ``names`` (a comma-separated text as a
    list in words), ``several`` (the same, but only of two or more), ``whole``, ``one`` (one decimal; two significant
    digits below 1), ``count:thing`` (a whole number of things; ``count:authority|authorities`` where the plural is no
    s), ``percent`` (of a share), ``gbp``, ``years`` (how many, with a decimal where they are not whole), ``year`` (of a
    date or number). Sizes below 0 need other words (fewer, not -3 more), so there is no sentence of them.

    Raises:
        KeyError: a column that the row has not.
        ValueError: a format that is not one of these, or digits in the words of the template: they are of no row.
    """
    said = []
    for words, column, form, _ in Formatter().parse(template):
        if re.search(r"\d", words):
            raise ValueError(f"the words of a template hold no numbers: {words!r}")
        said.append(words)
        if column is not None:
            value = _formatted(row[column], form or "name")
            if value is None:
                return None
            said.append(value)
    text = "".join(said)
    return text[:1].upper() + text[1:]


def reasons(slots: Iterable[Sequence[str]], row: Row) -> list[str]:
    """Return a sentence for each slot: of its templates the first that the row can fill; none where it can fill none."""
    filled = ((sentence(template, row) for template in slot) for slot in slots)
    return [text for found in filled if (text := next((t for t in found if t is not None), None)) is not None]


def numbers_in(text: str, names: Iterable[str] = ()) -> list[Told]:
    """Return the numbers that a sentence tells; those within names (A61, District 9) are none.

    Args:
        text: the sentence.
        names: texts to leave out, such as the values of the row that are text.
    """
    for name in sorted({n for n in names if n}, key=len, reverse=True):
        text = text.replace(name, "\N{OBJECT REPLACEMENT CHARACTER}")
    found = []
    for match in _NUMBER.finditer(text):
        pound, whole, decimals, unit = match.groups()
        scale = _SCALE[unit]
        step = 10.0 ** -(len(decimals or ".") - 1)
        if pound and unit is None and whole.endswith(",000"):
            step = _THOUSAND
        value = float(whole.replace(",", "") + (decimals or ""))
        found.append(Told(value * scale, step * scale / 2, match.group()))
    return found


def names_in(row: Row) -> list[str]:
    """Return the texts of a row that may stand in a sentence: whole, and parted at commas; not those without a letter."""
    parts = (part for value in row.values() if isinstance(value, str) for part in (value, *value.split(",")))
    return [part.strip() for part in parts if any(map(str.isalpha, part))]


def not_in_row(text: str, row: Row) -> list[str]:
    """Return the numbers of a sentence that no value of the row reads as; it should be empty."""
    values = [v for v in map(_number, row.values()) if v is not None]
    return [told.text for told in numbers_in(text, names_in(row)) if not any(map(told.is_of, values))]


def _number(value: object) -> float | None:
    """Return a number, the year of a date, or nothing."""
    year = getattr(value, "year", None)
    if isinstance(year, int):
        return float(year)
    if value is None or isinstance(value, (str, bool)):
        return None
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return number if isfinite(number) else None


def _formatted(value: object, form: str) -> str | None:
    kind, _, thing = form.partition(":")
    if kind in _TEXTS:
        if not isinstance(value, str) or not value:
            return None
        names = [part.strip() for part in value.split(",")]
        return value if kind == "name" else _listed(names) if kind == "names" or len(names) > 1 else None
    if kind not in _FORMATS:
        raise ValueError(f"{form!r} is not a format: {', '.join([*_TEXTS, *_FORMATS])}")
    number = _number(value)
    return None if number is None or number < 0 else _FORMATS[kind](number, thing)


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def _one(number: float, _: str = "") -> str:
    # Two digits that say something: 0.04 would else be 0.0.
    if 0 < number < 1:
        decimals = next(d for d in range(1, 13) if d == 12 or round(number, d - 1) >= 10.0 ** (1 - d))  # noqa: PLR2004
        return f"{number:.{decimals}f}"
    return f"{number:,.1f}"


def _count(number: float, thing: str) -> str:
    one, _, many = thing.partition("|")
    return f"{number:,.0f} {one if round(number) == 1 else many or one + 's'}"


def _years(number: float, _: str) -> str:
    # Data may end within a year.
    whole = round(number)
    return _count(whole, "year") if abs(number - whole) < 0.05 else f"{_one(number)} years"  # noqa: PLR2004


def _gbp(number: float, _: str) -> str:
    for scale, word in ((_THOUSAND * _MILLION, "billion"), (_MILLION, "million")):
        if number >= scale * 0.9995:
            return f"£{number / scale:,.1f} {word}"
    if number >= _THOUSAND:
        return f"£{round(number / _THOUSAND):,.0f},000"
    return f"£{number:,.0f}"


def _percent(number: float, _: str) -> str:
    # Nearly always is not always, and hardly ever not never.
    return f"{100 * number:.1f}%" if 0 < number < 0.01 or 0.99 < number < 1 else f"{100 * number:.0f}%"  # noqa: PLR2004


_FORMATS: dict[str, Callable[[float, str], str]] = {
    "whole": lambda number, _: f"{number:,.0f}",
    "one": _one,
    "count": _count,
    "percent": _percent,
    "gbp": _gbp,
    "years": _years,
    "year": lambda number, _: f"{number:.0f}",
}
