"""The pack that an authority gets before publication: one page, the same as CSV files, and a form for its reply."""

import base64
import csv
import hashlib
import re
import shutil
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from markupsafe import Markup

from geo.correction_contracts import CORRECTABLE, CORRECTION, NOTE_ONLY
from geo.warehouse import connect
from maps import words
from maps.pack_outcomes import NAME, outcome_rows, outcomes_of
from maps.pack_scope import Authority, PackError, find_authority, write_scope
from maps.pack_tables import PackTable, pack_tables
from maps.pages import covered, credit_lines, environment
from maps.read import Row, Warehouse

PAGE, FORM = "index.html", "corrections.csv"
# Rows of a table that the page shows; its file has all.
SHOWN = 12
_FORMULA = re.compile(r"^[=+@\t\r-]")
_DIGITS = 6


@dataclass(frozen=True)
class Pack:
    """What was written: the folder, the same zipped, and rows by file."""

    authority: Authority
    build_id: str
    folder: Path
    archive: Path
    rows: Mapping[str, int]


def write_pack(
    warehouse: Path, wanted: str, target: Path, *, keys: Mapping[str, Sequence[str]], named: bool = True
) -> Pack:
    """Write the pack of one authority from a published warehouse: nothing else is read.

    Args:
        warehouse: the release, as published or as it is about to be.
        wanted: code or name of the authority.
        target: folder to put the pack's own folder and zip file in, or with `named` off, the folder itself.
        keys: key of each published table, for the ids by which corrections name rows.
        named: put the pack in a folder named after the build and the authority.

    Raises:
        PackError: no authority is called so, several are, or the folder holds something else.
        WarehouseError: the warehouse cannot be opened.
    """
    con = connect(warehouse, read_only=True)
    try:
        read = Warehouse(con)
        authority = find_authority(read, wanted)
        write_scope(con, authority)
        build = read.build()
        stem = (
            f"{words.slug(str(build['build_id']))}-{words.slug(authority.code)}-{words.slug(authority.name)}"
        )
        folder = target / stem if named else target
        _make_room(folder)
        tables = list(pack_tables(con, authority, keys))
        rows = outcome_rows(read)
        written = _write_files(folder, rows, tables)
        page = _page(read, authority, rows, tables, written)
        (folder / PAGE).write_text(page, encoding="utf-8")
    finally:
        con.close()
    archive = folder.with_name(f"{folder.name}.zip")
    _zip(folder, archive, build["built_at"].timetuple()[:6])
    return Pack(authority, str(build["build_id"]), folder, archive, written)


def style() -> str:
    """Return the site's stylesheet and what the pack adds to it; no address is in either."""
    static = files("maps") / "static"
    return "\n".join((static / name).read_text("utf-8") for name in ("site.css", "preview.css"))


def policy(css: str) -> str:
    """Return the page's policy: its own style by hash, and nothing else whatever."""
    digest = base64.b64encode(hashlib.sha256(css.encode("utf-8")).digest()).decode("ascii")
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )


def _make_room(folder: Path) -> None:
    """Empty a folder of a pack made before; one that holds something else is left alone."""
    if folder.exists() and any(folder.iterdir()):
        if not (folder / FORM).is_file():
            raise PackError(
                f"'{folder}' holds something else. Choose an empty folder, or one of an older pack."
            )
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)


def _write_files(folder: Path, rows: list[Row], tables: list[PackTable]) -> dict[str, int]:
    columns = list(rows[0]) if rows else ["record_id"]
    written = {"outcome.csv": len(rows)}
    _write_csv(folder / "outcome.csv", NAME, columns, ([row[c] for c in columns] for row in rows))
    for table in tables:
        name = file_of(table.name)
        _write_csv(folder / name, table.name, table.columns, table.rows)
        written[name] = len(table.rows)
    with (folder / FORM).open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file).writerow(field.name for field in CORRECTION.fields)
    return written


def file_of(table: str) -> str:
    """Name the file of a published table."""
    schema, _, name = table.partition(".")
    return f"{name}.csv" if schema == "marts" else f"{schema}_{name}.csv"


def _write_csv(path: Path, table: str, columns: Sequence[str], rows: Iterable[Iterable[object]]) -> None:
    # With a mark of the encoding, without which spreadsheets garble names.
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file)
        writer.writerow(["table_or_source", *columns])
        writer.writerows([table, *map(cell, row)] for row in rows)


def cell(value: object) -> object:
    """Write a value for a CSV file: no formula for a spreadsheet, lists with semicolons, null as nothing."""
    if isinstance(value, list | tuple):
        value = "; ".join(str(v) for v in value)
    if isinstance(value, bool):
        return str(value).lower()
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def shown(value: object) -> str:
    """Write a value for the page."""
    if value is None:
        return words.NONE
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.{_DIGITS}g}".replace("-", words.MINUS)
    if isinstance(value, int):
        return words.number(value)
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or words.NONE
    return str(value)


def _page(
    read: Warehouse,
    authority: Authority,
    rows: list[Row],
    tables: list[PackTable],
    written: Mapping[str, int],
) -> str:
    css, build, sources = style(), read.build(), read.sources()
    given = {table.name: table for table in tables}
    corrections = _as_rows(given.get("marts.correction"))
    issues = _as_rows(given.get("meta.issue"))
    below = read.rows(
        """
        SELECT coalesce(level.label, a.area_level) AS label, a.area_level, count(*) AS area_count
        FROM pack_area AS a LEFT JOIN marts.area_level AS level USING (area_level)
        WHERE a.depth > 0 GROUP BY ALL ORDER BY min(level.position), a.area_level
        """
    )
    context = {
        "css": Markup(css),  # noqa: S704 - our own stylesheet
        "policy": policy(css),
        "build": build,
        "authority": authority,
        "covers": covered(read.periods()),
        "credits": credit_lines(sources),
        "outcomes": outcomes_of(read, rows, authority, corrections),
        "below": [{**level, "counts": _verdicts(rows, level["area_level"])} for level in below],
        "tables": [
            t for t in tables if not t.name.startswith(("core.", "meta.")) and t.name != "marts.correction"
        ],
        "behind": [t for t in tables if t.name.startswith("core.")],
        "issues": _by_rule(issues),
        "corrections": corrections,
        "written": written,
        "file_of": file_of,
        "shown": shown,
        "most": SHOWN,
        "form": FORM,
        "fields": CORRECTION.fields,
        "correctable": CORRECTABLE,
        "note_only": NOTE_ONLY,
    }
    return environment().get_template("preview.html.j2").render(context)


def _as_rows(table: PackTable | None) -> list[Row]:
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows] if table else []


def _verdicts(rows: list[Row], level: str) -> list[tuple[str, int]]:
    """Count how rows of a level below compare with all areas, in the order of the legend."""
    counts = Counter(
        "suppressed" if r["is_suppressed"] else r["verdict"]
        for r in rows
        if r["area_level"] == level and r["depth"] > 0 and r["comparator"] == "all_areas"
    )
    return [(label, counts[name]) for name, label, _ in words.CLASSES if counts[name]]


def _by_rule(issues: list[Row]) -> list[Row]:
    counts: Counter[tuple[str, str, str, str]] = Counter()
    for i in issues:
        counts[i["source"], i["rule"], i["severity"], i["who_can_fix"]] += i["issue_count"]
    names = ("source", "rule", "severity", "who_can_fix")
    return [{**dict(zip(names, key, strict=True)), "issue_count": n} for key, n in sorted(counts.items())]


def _zip(folder: Path, archive: Path, at: tuple[int, ...]) -> None:
    """Zip the folder so that the same files give the same bytes."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(folder.iterdir()):
            entry = zipfile.ZipInfo(f"{folder.name}/{path.name}", (at[0], *at[1:6]))  # type: ignore[arg-type]
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            packed.writestr(entry, path.read_bytes())
