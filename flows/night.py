"""Tell what became of a night: needed with and without Prefect."""

from collections.abc import Mapping

from flows.changes import Inputs
from flows.plan import Plan
from flows.status import SourceAge, State, Status, write_status
from flows.store import WAREHOUSE
from geo.warehouse import connect


def tell(plan: Plan, state: State, message: str, stale: Mapping[str, str] | None = None) -> Status:
    """Write the night's status, with the age of every source, whatever became of it.

    Args:
        plan: the night's plan.
        state: what became of it.
        message: the same in words.
        stale: sources that could not be used as they are tonight, and why.
    """
    up = plan.store.current_release()
    said = "".join(f" Out of date: {source}. {why}" for source, why in sorted((stale or {}).items()))
    status = Status(
        state=state,
        at=plan.now,
        message=message + said,
        region=plan.region.name,
        build_id=up.name if up else None,
        sources=source_ages(plan, stale or {}),
    )
    write_status(plan.store, status)
    return status


def tell_nothing_changed(plan: Plan, inputs: Inputs) -> Status:
    """Write the status of a night without a release; sources of the last that were refused are refused still."""
    refused = {
        s.id: why
        for s in plan.region.source
        if (why := plan.store.snapshots.read(s.id).why_stale) is not None
    }
    said = "Every source is as it was; the last release stays up."
    return tell(plan, "nothing changed", said, {**refused, **inputs.missing})


def source_ages(plan: Plan, stale: Mapping[str, str]) -> list[SourceAge]:
    """Tell how old each source of the release that is up is today, and which could not be used as they are."""
    up = plan.store.current_release()
    if up is None or not (up / WAREHOUSE).is_file():
        return []
    with connect(up / WAREHOUSE, read_only=True) as con:
        rows = con.execute(
            """
            SELECT source, any_value(title), any_value(fetched_on), max(period_end),
                date_diff('day', coalesce(any_value(fetched_on), max(period_end)), $today::DATE),
                bool_or(is_stale) OR list_contains($stale, source)
            FROM meta.source GROUP BY source ORDER BY source
            """,
            {"today": plan.now.date(), "stale": sorted(stale)},
        ).fetchall()
    return [SourceAge(*row) for row in rows]
