"""Tables of a page: what a reader sees in each cell, and the values behind it for sorting and for CSV."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from maps import words
from maps.json_text import json_text
from maps.read import Row

LEAST = 0.01  # the least share that is written as a number
MOST = 400  # rows that a page shows of any table; the downloads hold all


@dataclass(frozen=True)
class Column:
    """One column: its title, the columns of the mart behind it, and how they are written."""

    title: str
    names: tuple[str, ...]
    write: Callable[[Row], str]
    kind: str = "text"  # head, text, number, or class: a word with a sample of its colour and pattern

    @property
    def names_json(self) -> str:
        """The names as the page's script reads them."""
        return json_text(self.names)


@dataclass(frozen=True)
class Cell:
    """What is shown, and the values behind it."""

    text: str
    values: str
    kind: str
    slug: str


@dataclass(frozen=True)
class Table:
    """A table of a page; `total` is how many rows there are beyond those shown, and `file` holds them all."""

    key: str
    title: str
    columns: tuple[Column, ...]
    body: tuple[tuple[int | None, tuple[Cell, ...]], ...]
    total: int
    file: str


def text(title: str, name: str, *, kind: str = "text", none: str = words.NONE) -> Column:
    """Make a column of words."""
    return Column(title, (name,), lambda row: none if row[name] is None else str(row[name]), kind)


def listed(title: str, name: str, separator: str) -> Column:
    """Make a column of words that the mart keeps as a list in one text."""

    def write(row: Row) -> str:
        return "; ".join((row[name] or "").split(separator)) or words.NONE

    return Column(title, (name,), write)


def sentences(title: str, name: str) -> Column:
    """Make a column of a list of sentences."""
    return Column(title, (name,), lambda row: " ".join(row[name] or []) or words.NONE)


def number(title: str, name: str, decimals: int = 0) -> Column:
    """Make a column of numbers."""
    return Column(title, (name,), lambda row: words.number(row[name], decimals), "number")


def percent(title: str, name: str) -> Column:
    """Make a column of shares, 0 to 1, written in per cent; never rounded to none or all."""
    return Column(title, (name,), lambda row: share(row[name]), "number")


def interval(title: str, names: tuple[str, str, str], decimals: int) -> Column:
    """Make a column of a value and its limits."""

    def write(row: Row) -> str:
        value, lower, upper = (row[name] for name in names)
        if value is None and lower is None:
            return words.NONE
        limits = f"{words.number(lower, decimals)} to {words.number(upper, decimals)}"
        if lower is None:
            limits = "no limits" if upper is None else f"at most {words.number(upper, decimals)}"
        elif upper is None:
            limits = f"at least {words.number(lower, decimals)}"
        return f"{words.number(value, decimals)} ({limits})" if value is not None else limits

    return Column(title, names, write, "number")


def share(value: float | None) -> str:
    """Write a share, 0 to 1, in per cent."""
    if value is None:
        return words.NONE
    if 0 < value < LEAST:
        return "under 1%"
    if 1 - LEAST < value < 1:
        return "over 99%"
    return f"{value:.0%}"


def table(
    key: str, title: str, columns: Sequence[Column], rows: Iterable[Row], file: str, total: int | None = None
) -> Table:
    """Fill a table; a row's ``mark`` is its place on the map, where it has one."""
    rows = list(rows)
    body = tuple((row.get("mark"), tuple(_cell(column, row) for column in columns)) for row in rows[:MOST])
    return Table(key, title, tuple(columns), body, len(rows) if total is None else total, file)


def _cell(column: Column, row: Row) -> Cell:
    shown = column.write(row)
    values = json_text([_plain(row[name]) for name in column.names])
    return Cell(shown, values, column.kind, words.slug(shown))


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return " ".join(value)
    return value.isoformat() if isinstance(value, dt.date) else value
