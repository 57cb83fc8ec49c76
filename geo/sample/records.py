"""Records of a table as text, so that they can be stained, repeated and torn."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from geo.sample.dirt import Dirt
from geo.sample.stains import REPEATED, TORN, Soil, Stain


@dataclass
class Record:
    """One record: its cells by column, the dirt in it, and how many cells of it are written (all: null)."""

    cells: dict[str, Any]
    pieces: list[Dirt] = field(default_factory=list)
    written: int | None = None


def read_csv(path: Path) -> tuple[list[str], list[Record]]:
    """Read the header and the records of a table."""
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    return header, [Record(dict(zip(header, row, strict=True))) for row in rows]


def write_csv(header: list[str], records: list[Record], path: Path, *, encoding: str) -> None:
    """Write records, one line feed each; a torn one is short, or has a cell too many."""
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        for record in records:
            row = [*(record.cells[column] for column in header), "?"]
            writer.writerow(row[: len(header) if record.written is None else record.written])


def soil_records(
    rng: np.random.Generator, header: list[str], records: list[Record], soil: Soil, file: str
) -> tuple[list[str], list[Record]]:
    """Stain records that are clean, then put repeated and torn copies of others after them.

    Returns:
        The header, with columns added, and the records.
    """
    header = [*header, *(soil.added or {})]
    for record in records:
        record.cells |= soil.added or {}
    # Keys in random order: what is taken is dropped at once, however many records there are.
    order = rng.permutation([n for n, r in enumerate(records) if not r.pieces]).tolist()
    clean = dict.fromkeys(order)
    for stain in soil.stains:
        chosen = next(n for n in clean if _fits(records[n].cells, stain))
        del clean[chosen]
        records[chosen].pieces.append(_stained(records[chosen].cells, stain, file))
    left = iter(clean)
    copies: dict[int, Record] = {}
    if soil.key:
        chosen = next(left)
        copies[chosen] = _repeated(records[chosen], soil.key, file)
    if soil.is_torn:
        short, long = next(left), next(left)
        copies[short] = _torn(records[short], len(header) // 2, "missing columns", file)
        copies[long] = _torn(records[long], len(header) + 1, "too many columns", file)
    return header, [r for n, own in enumerate(records) for r in (own, copies.get(n)) if r]


def listed(records: list[Record], *, first_row: int) -> list[Dirt]:
    """Return the dirt in records, each piece with the row it has come to lie in."""
    return [replace(d, row=row) for row, record in enumerate(records, first_row) for d in record.pieces]


def _fits(cells: Mapping[str, Any], stain: Stain) -> bool:
    return not stain.prefix or cells[next(iter(stain.cells))].startswith(stain.prefix)


def _stained(cells: dict[str, Any], stain: Stain, file: str) -> Dirt:
    written = dict(stain.cells)
    if stain.exchange:
        one, other = stain.exchange
        written |= {one: cells[other], other: cells[one]}
    cells |= written
    column = next(iter(written))
    if stain.pair:
        x, y = stain.pair
        shown = f"{float(cells[x])}, {float(cells[y])}"
        return Dirt(file, 0, f"{x}, {y}", shown, stain.rule, stain.expect)
    return Dirt(file, 0, column, cells[column] or "", stain.rule, stain.expect)


def _repeated(record: Record, key: tuple[str, ...], file: str) -> Record:
    value = ", ".join(str(record.cells[column]) for column in key)
    return Record(record.cells, [Dirt(file, 0, ", ".join(key), value, REPEATED, "rejected")])


def _torn(record: Record, written: int, why: str, file: str) -> Record:
    return Record(record.cells, [Dirt(file, 0, "", "", TORN.format(why), "rejected")], written)
