"""What a source must be like to be used tonight, measured against its last good version and published figures.

Each gate gives one result for each thing it looks at: measured, allowed, and whether that refuses the source.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from geo.errors import PlacelineError
from geo.gate_rules import GateName, GateRule
from geo.profile import Profile

Rules = Mapping[GateName, GateRule]
Bound = Literal["at least", "at most"]
# A column that only a handful of rows ever filled may be empty tomorrow.
_FILLED_ROWS = 20


class GateRefused(PlacelineError):  # noqa: N818 - reads as what happened
    """What was read is not fit to be used; `results` are those of every gate."""

    def __init__(self, message: str, results: "Sequence[GateResult]") -> None:
        super().__init__(message)
        self.results = list(results)


@dataclass(frozen=True)
class GateResult:
    """One thing a gate looked at; `bound` says whether `allowed` is the least or the most."""

    gate: str
    source: str
    subject: str
    measured: float
    allowed: float
    bound: Bound
    severity: str

    @property
    def is_met(self) -> bool:
        """True where what was measured is within what is allowed; what cannot be measured is not."""
        low = self.bound == "at least"
        return self.measured >= self.allowed if low else self.measured <= self.allowed

    @property
    def result(self) -> str:
        """The result in a word: ok, warn or fail."""
        return "ok" if self.is_met else self.severity

    def __str__(self) -> str:
        """Say what was measured and what is allowed, for people."""
        of = f" of {self.subject}" if self.subject else ""
        return (
            f"gate '{self.gate}'{of}: {self.measured:.4g} measured, {self.bound} {self.allowed:.4g} allowed"
        )


def judge_source(
    source: str,
    now: Profile,
    last: Profile | None,
    rules: Rules,
    published: Mapping[str, float],
    *,
    is_read_alike: bool = True,
) -> list[GateResult]:
    """Hold what a source held once read against every gate.

    ``volume`` and ``growth``: rows, as a share of the last good version's. ``columns``: columns that had values
    and have none now, gone or renamed to what no contract knows. ``filled``: rows that have a value, column by
    column, as a share of those that had. ``keys``: share of records left out since an earlier one has their key.
    ``coordinates``: share of rows with a usable point; ``coordinates_lost``: how much less that is than it was.
    ``codes``: known areas named, as a share of those named before. ``totals``: how far off a published figure a
    total is, as a share of it.

    Args:
        source: id of the source.
        now: what it holds.
        last: what its last good version held; None where there is none, and nothing is compared with it.
        rules: limit and severity of each gate.
        published: figures that the region file gives.
        is_read_alike: False where the region file now says otherwise how to read it: then what is compared with
            the last version only warns.
    """
    absolute = [*_of_itself(source, now, rules), *_totals(source, now, rules, published)]
    compared = list(_of_change(source, now, last, rules)) if last else []
    if not is_read_alike:
        compared = [_only_warns(result) for result in compared]
    return [*absolute, *compared]


def refuse(source: str, results: Sequence[GateResult]) -> None:
    """Raise where a gate refuses.

    Raises:
        GateRefused: says which gates, and what to do where the change is meant.
    """
    failed = [r for r in results if r.result == "fail"]
    if failed:
        said = "; ".join(map(str, failed[:5]))
        name = failed[0].gate
        raise GateRefused(
            f"Source '{source}' is refused: {said}. Fetch it again; or, where this is right, say so in the region "
            f'file for a night: gates = {{ {name} = {{ severity = "warn" }} }}.',
            results,
        )


def _of_itself(source: str, now: Profile, rules: Rules) -> Iterator[GateResult]:
    if now.rows_read:
        yield _at_most("keys", source, "", now.repeated / now.rows_read, rules)
    if now.points is not None and now.rows:
        yield _at_least("coordinates", source, "", now.points / now.rows, rules)


def _totals(source: str, now: Profile, rules: Rules, published: Mapping[str, float]) -> Iterator[GateResult]:
    for name, figure in published.items():
        found = now.totals.get(name, math.nan)
        off = abs(found - figure) / abs(figure) if figure else math.inf if found else 0.0
        yield _at_most("totals", source, name, off, rules)


def _of_change(source: str, now: Profile, last: Profile, rules: Rules) -> Iterator[GateResult]:
    if last.rows:
        yield _at_least("volume", source, "", now.rows / last.rows, rules)
        yield _at_most("growth", source, "", now.rows / last.rows, rules)
    gone = [c for c, n in last.filled.items() if n >= min(_FILLED_ROWS, last.rows) and not now.filled.get(c)]
    yield _at_most("columns", source, ", ".join(gone), float(len(gone)), rules)
    for column, n in last.filled.items():
        if column not in gone and n >= _FILLED_ROWS and now.rows:
            share = (now.filled.get(column, 0) / now.rows) / (n / last.rows)
            yield _at_least("filled", source, column, share, rules)
    if now.points is not None and last.points is not None and now.rows and last.rows:
        lost = last.points / last.rows - now.points / now.rows
        yield _at_most("coordinates_lost", source, "", max(lost, 0.0), rules)
    if now.areas is not None and last.areas:
        yield _at_least("codes", source, "", now.areas / last.areas, rules)


def _only_warns(result: GateResult) -> GateResult:
    given = {**result.__dict__, "severity": "warn"}
    return GateResult(**given)


def _at_least(gate: GateName, source: str, subject: str, measured: float, rules: Rules) -> GateResult:
    rule = rules[gate]
    return GateResult(gate, source, subject, measured, rule.limit or 0.0, "at least", rule.severity or "fail")


def _at_most(gate: GateName, source: str, subject: str, measured: float, rules: Rules) -> GateResult:
    rule = rules[gate]
    return GateResult(gate, source, subject, measured, rule.limit or 0.0, "at most", rule.severity or "fail")
