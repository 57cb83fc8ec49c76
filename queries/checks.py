"""Checks: each a SELECT that must return no row, named as the claim that it tests."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from geo.tables import Column, Table, create_table, insert_rows
from queries.models import FOLDER, ModelError

CHECK_RESULT = Table(
    "run.check_result",
    "One row per check of this build.",
    (
        Column("claim", "VARCHAR", "The claim, as a sentence. Never null."),
        Column("severity", "VARCHAR", "fail or warn. Never null."),
        Column("failures", "BIGINT", "Rows that contradict the claim."),
        Column(
            "example",
            "VARCHAR",
            "The first contradicting row; null where the claim holds or may not be shown.",
        ),
    ),
    key=("claim",),
)


@dataclass(frozen=True)
class Check:
    """One check: a claim, whether its failing refuses a release, and the rows that contradict it."""

    name: str
    claim: str
    severity: str
    sql: str


@dataclass(frozen=True)
class CheckResult:
    """What a check found."""

    check: Check
    failures: int
    example: str | None

    @property
    def refuses(self) -> bool:
        """True where a release must not be published."""
        return bool(self.failures) and self.check.severity == "fail"


def load_checks(folder: Path = FOLDER / "checks") -> list[Check]:
    """Read every check, by name."""
    return [parse_check(p.stem, p.read_text("utf-8")) for p in sorted(folder.glob("*.sql"))]


def parse_check(name: str, text: str) -> Check:
    """Read one check: its first comment line is the claim, ``severity:`` says fail or warn.

    Raises:
        ModelError: either is missing.
    """
    comments = [line.removeprefix("--").strip() for line in text.splitlines() if line.startswith("--")]
    severity = next((c.removeprefix("severity:").strip() for c in comments if c.startswith("severity:")), "")
    if not comments or severity not in {"fail", "warn"}:
        raise ModelError(f"checks/{name}.sql: begin with the claim and a line '-- severity: fail' or 'warn'")
    return Check(name, comments[0], severity, text)


def run_check(con: duckdb.DuckDBPyConnection, check: Check) -> CheckResult:
    """Run one check and count the rows that contradict its claim."""
    found = con.execute(f"SELECT count(*) FROM ({check.sql.rstrip().rstrip(';')}\n)").fetchone()
    failures = int(found[0]) if found else 0
    example = None
    if failures:
        cursor = con.execute(f"SELECT * FROM ({check.sql.rstrip().rstrip(';')}\n) ORDER BY ALL LIMIT 1")
        names = [d[0] for d in cursor.description or ()]
        row = cursor.fetchone() or ()
        example = ", ".join(f"{n} = {v}" for n, v in zip(names, row, strict=True))
    return CheckResult(check, failures, example)


def write_results(con: duckdb.DuckDBPyConnection, results: list[CheckResult], *, show_examples: bool) -> None:
    """Write what the checks found to run.check_result; examples only where every source is open."""
    create_table(con, CHECK_RESULT)
    insert_rows(
        con,
        CHECK_RESULT,
        [
            (r.check.claim, r.check.severity, r.failures, r.example if show_examples else None)
            for r in results
        ],
    )
