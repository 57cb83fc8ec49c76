"""What a night was, as tables in Prefect's UI: sources with their age and rows, checks, gates, and the release."""

import logging
from pathlib import Path

from prefect.artifacts import create_markdown_artifact, create_table_artifact

from flows.plan import Plan
from flows.status import Status
from flows.store import WAREHOUSE
from geo.warehouse import connect

_TABLES = {
    "sources": """
        SELECT source, any_value(title) AS title, max(coalesce(fetched_on, period_end)) AS newest,
            bool_or(is_stale) AS is_stale, sum(rows_read)::BIGINT AS rows_read,
            sum(rows_accepted)::BIGINT AS rows_accepted, sum(rows_quarantined)::BIGINT AS rows_quarantined,
            sum(rows_left_out)::BIGINT AS rows_left_out
        FROM meta.source GROUP BY source ORDER BY source
    """,
    "checks": "SELECT claim, severity, failures FROM meta.check_result ORDER BY failures DESC, claim",
    "gates": "SELECT * FROM meta.gate WHERE result <> 'ok' ORDER BY ALL",
    "revisions": "SELECT * FROM meta.revision ORDER BY source",
}


def show_night(plan: Plan, status: Status) -> None:
    """Put the night into Prefect's UI; where that cannot be had the night goes on without."""
    up = plan.store.current_release()
    where = f"\n\n`{up / 'site' / 'index.html'}`" if up else ""
    try:
        create_markdown_artifact(f"**{status.state}**: {status.message}{where}", key="night")
        if up and status.state == "published":
            _show_tables(up / WAREHOUSE)
    except Exception:
        logging.getLogger(__name__).warning("Prefect's UI cannot show this night.", exc_info=True)


def _show_tables(warehouse: Path) -> None:
    with connect(warehouse, read_only=True) as con:
        for key, query in _TABLES.items():
            found = con.execute(query)
            names = [column[0] for column in found.description or ()]
            rows = [dict(zip(names, map(_plain, row), strict=True)) for row in found.fetchall()]
            create_table_artifact(rows, key=key)


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
