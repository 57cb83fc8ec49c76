"""Tell what became of a night: needed with and without Prefect."""

from flows.plan import Plan
from flows.status import SourceAge, State, Status, write_status
from flows.store import WAREHOUSE
from geo.warehouse import connect


def tell(plan: Plan, state: State, message: str) -> Status:
    """Write the night's status, with the age of every source, whatever became of it."""
    up = plan.store.current_release()
    status = Status(
        state=state,
        at=plan.now,
        message=message,
        region=plan.region.name,
        build_id=up.name if up else None,
        sources=source_ages(plan),
    )
    write_status(plan.store, status)
    return status


def source_ages(plan: Plan) -> list[SourceAge]:
    """Tell how old each source of the release that is up is today."""
    up = plan.store.current_release()
    if up is None or not (up / WAREHOUSE).is_file():
        return []
    with connect(up / WAREHOUSE, read_only=True) as con:
        rows = con.execute(
            """
            SELECT source, any_value(title), any_value(fetched_on), max(period_end),
                date_diff('day', coalesce(any_value(fetched_on), max(period_end)), $today::DATE)
            FROM meta.source GROUP BY source ORDER BY source
            """,
            {"today": plan.now.date()},
        ).fetchall()
    return [SourceAge(*row) for row in rows]
