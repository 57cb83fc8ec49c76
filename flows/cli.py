"""The command line: run, check, look at and manage releases.

What a command needs is imported inside it: --help and the many nights on which nothing has changed need
neither Prefect nor the geospatial stack, which take seconds to import.
"""

import shutil
import sys
from datetime import datetime
from enum import StrEnum
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from flows.environment import DATA_VARIABLE, HOME_VARIABLE, default_home, prepare_prefect
from flows.local_server import server
from flows.progress import shown
from flows.sql_prompt import Format, answer, converse
from flows.status import EXIT_CODES, read_status
from flows.store import WAREHOUSE, Store, find_store
from geo.errors import PlacelineError, SourceError

if TYPE_CHECKING:
    from flows.plan import Plan

app = typer.Typer(
    help="Joins boundaries, roads, incidents and satisfaction across authorities, and publishes outcome maps.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
# Not at a terminal there is no width to keep to, and a wrapped cell cannot be searched for.
out = Console(soft_wrap=True, width=None if sys.stdout.isatty() else 240)
err = Console(stderr=True, soft_wrap=True)

Configs = Annotated[
    list[Path], typer.Argument(metavar="REGION...", help="Region files (TOML); several make one release.")
]
Data = Annotated[
    Path | None,
    typer.Option(
        "--data",
        envvar=DATA_VARIABLE,
        help="Data root that the region file's paths are below; default: the folder of the first region file.",
    ),
]
Home = Annotated[
    Path | None,
    typer.Option("--home", envvar=HOME_VARIABLE, help="Output root for releases; default: ./var."),
]
RegionName = Annotated[
    str | None, typer.Option("--region", help="Which region, where the output root holds several.")
]


class SampleSize(StrEnum):
    """How large a sample is made; here and not in the generator, which is slow to import."""

    tiny = "tiny"
    demo = "demo"
    region = "region"
    national = "national"


class Dirt(StrEnum):
    """How much of the sample is spoiled."""

    little = "little"
    full = "full"


@app.command()
def run(
    configs: Configs,
    data: Data = None,
    home: Home = None,
    *,
    force: Annotated[bool, typer.Option("--force", help="Build even where nothing has changed.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="Show Prefect's own log.")] = False,
) -> None:
    """Publish a whole, checked release of a region, or leave the last one up and say why.

    Exit code: 0 published or nothing changed, 1 failed, 2 wrong use, 3 refused by a check.
    """
    from flows.plan import make_plan

    root = home or default_home()
    plan = make_plan(configs, data, root)
    if not force and _nothing_changed(plan):
        _say(plan.store)
        return
    prepare_prefect(root, verbose=verbose)
    from flows.nightly import nightly  # Prefect reads its settings when imported

    with shown(err):
        nightly([str(c) for c in configs], str(data) if data else None, str(root), force=force)
    _say(plan.store)


@app.command()
def check(configs: Configs, data: Data = None) -> None:
    """Read every source and run every check, publishing nothing: what would a night accept and refuse?"""
    from flows.plan import make_plan
    from flows.rehearsal import rehearse

    report = rehearse(make_plan(configs, data, default_home()))
    files = Table("source", "file", "read", "accepted", "quarantined", "left out")
    for f in report.files:
        numbers = (f.rows_read, f.rows_accepted, f.rows_quarantined, f.rows_left_out)
        files.add_row(f.source, f.file, *(f"{n:,}" for n in numbers))
    issues = Table("source", "column", "rule", "severity", "rows", "first row")
    for row in report.issues:
        issues.add_row(*("" if v is None else str(v) for v in row))
    checks = Table("", "claim", "contradicted by", "first")
    for r in report.results:
        mark = "ok" if not r.failures else "REFUSES" if r.refuses else "warns"
        checks.add_row(mark, r.check.claim, f"{r.failures:,}" if r.failures else "", r.example or "")
    for table in (files, issues, checks):
        out.print(table)
    if any(r.refuses for r in report.results):
        raise typer.Exit(EXIT_CODES["refused"])


@app.command()
def releases(home: Home = None, region: RegionName = None) -> None:
    """List the releases kept, the current one marked, and what became of the last night."""
    store = find_store(home or default_home(), region)
    up = store.current_release()
    for build_id in store.build_ids():
        out.print(f"{'*' if up and up.name == build_id else ' '} {build_id}", highlight=False)
    status = read_status(store)
    if status:
        out.print(f"Last night ({status['at']}): {status['state']}. {status['message']}", highlight=False)


@app.command()
def rollback(
    build_id: Annotated[
        str | None, typer.Argument(help="Release to go back to; default: the one before.")
    ] = None,
    home: Home = None,
    region: RegionName = None,
) -> None:
    """Make an earlier release the current one again: warehouse, exports and site in one step."""
    store = find_store(home or default_home(), region)
    with store.one_at_a_time():
        chosen = store.roll_back(build_id)
    out.print(f"{chosen} is up again.", highlight=False)


@app.command(name="open")
def open_site(
    home: Home = None,
    region: RegionName = None,
    port: Annotated[int, typer.Option(help="Port on this machine; 0 takes a free one.")] = 0,
) -> None:
    """Serve the current site on this machine only, and print its address; Ctrl-C ends it."""
    store = find_store(home or default_home(), region)
    handler = partial(SimpleHTTPRequestHandler, directory=str(store.current / "site"))
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        print(f"http://127.0.0.1:{server.server_address[1]}/", flush=True)  # noqa: T201
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            err.print("Closed.")


@app.command()
def preview(
    authority: Annotated[str, typer.Argument(help="Code or name of the authority.")],
    region: Annotated[
        str | None,
        typer.Argument(help="Region, by name or region file, where the output root holds several."),
    ] = None,
    home: Home = None,
    release: Annotated[
        str, typer.Option(help="latest (the last build, published or not), current, or the id of a release.")
    ] = "latest",
    to: Annotated[
        Path | None, typer.Option("--out", help="Folder to write; default: one of its own below previews.")
    ] = None,
) -> None:
    """Write all that is about to be published of one authority, for it to check: a page, CSV files and a form.

    Corrections come back as a file; reviewed, it becomes a source of kind "corrections" of the region file.
    Exit code: 0 written, 1 no such authority, region or release, 2 wrong use.
    """
    from flows.preview import preview_of

    pack = preview_of(authority, home or default_home(), region, release, to)
    out.print(f"{pack.authority.name} ({pack.authority.code}), release {pack.build_id}.", highlight=False)
    for label, path in (
        ("page", pack.folder / "index.html"),
        ("form", pack.folder / "corrections.csv"),
        ("zip", pack.archive),
    ):
        out.print(f"  {label:<10}{path}", highlight=False)


@app.command()
def sql(
    query: Annotated[str | None, typer.Argument(help="One query; without it, a prompt opens.")] = None,
    home: Home = None,
    region: RegionName = None,
    form: Annotated[Format, typer.Option("--format", help="table, csv or json.")] = Format.table,
) -> None:
    """Query the current warehouse, read-only: at a prompt, or one query to a table, CSV or JSON."""
    from geo.warehouse import connect

    store = find_store(home or default_home(), region)
    with connect(store.current / WAREHOUSE, read_only=True) as con:
        if query is not None:
            answer(con, query, form)
            return
        said = "read-only. End a query with ; and leave with Ctrl-D."
        out.print(f"{store.current / WAREHOUSE}, {said}", highlight=False)
        converse(con, form, err)


@app.command()
def sample(
    to: Annotated[Path, typer.Option("--out", help="Folder to write to.")] = Path("var/sample"),
    size: Annotated[
        SampleSize,
        typer.Option(
            help="tiny: for tests; demo: to look at; region: as large as a real one; national: to measure with."
        ),
    ] = SampleSize.demo,
    seed: Annotated[int, typer.Option(help="Same seed, same bytes.")] = 8000,
    effect: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=SIZE", help="Plant another size of an effect; truth.json names them all."),
    ] = None,
    dirt: Annotated[Dirt, typer.Option(help="How much is spoiled; dirt.csv lists each piece.")] = Dirt.little,
) -> None:
    """Write the built-in sample region, Doggerland: made-up councils, in the official file formats."""
    from geo.sample import generate
    from geo.sample.truth import Truth, with_effects

    truth = with_effects(Truth(), dict(_effect(e) for e in effect or []))
    print(generate(to, size=size.value, seed=seed, truth=truth, dirt=dirt.value))  # noqa: T201


@app.command()
def compare(
    old: Annotated[Path, typer.Argument(help="Boundary file of the earlier areas.")],
    new: Annotated[Path, typer.Argument(help="Boundary file of the later areas; may be the same file.")],
    old_layer: Annotated[str | None, typer.Option(help="Layer of OLD, where it has several.")] = None,
    new_layer: Annotated[str | None, typer.Option(help="Layer of NEW, where it has several.")] = None,
    crs: Annotated[
        str, typer.Option(help="Projected coordinate system to measure in, metres.")
    ] = "EPSG:27700",
    noise_m: Annotated[
        float, typer.Option(help="Ribbons thinner than this are drawing, not land; metres.")
    ] = 50.0,
    noise_share: Annotated[
        float,
        typer.Option(help="So is less than this share of an area; 0.1 for files generalised to 500 m."),
    ] = 0.01,
    *,
    everything: Annotated[bool, typer.Option("--all", help="Show unchanged areas too.")] = False,
    changes: Annotated[
        Path | None, typer.Option(help="Also write a CSV that a source of kind area_changes can be.")
    ] = None,
    on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="First day of the later areas, for --changes."),
    ] = None,
) -> None:
    """Compare two boundary files: which areas are unchanged, renamed, recoded, merged, split, or moved."""
    from geo.readers.boundaries import read_boundaries
    from geo.vintages import as_changes, compare_areas

    if changes and on is None:
        raise typer.BadParameter("--changes needs --on: the files do not say when the later areas began")
    before = read_boundaries(old, layer=old_layer, crs=crs)
    after = read_boundaries(new, layer=new_layer, crs=crs)
    found = compare_areas(before, after, noise_m=noise_m, noise_share=noise_share)
    shown = found if everything else found[found["kind"] != "unchanged"]
    table = Table("from", "name", "to", "name", "kind", "share of from", "share of to", "km²")
    for row in shown.astype(object).where(shown.notna(), None).to_dict("records"):
        words = ("from_code", "from_name", "to_code", "to_name", "kind")
        shares = (row["share_of_from"], row["share_of_to"])
        table.add_row(
            *(str(row[word] or "") for word in words),
            *("" if share is None else f"{share:.1%}" for share in shares),
            f"{row['area_km2']:,.1f}",
        )
    out.print(table)
    counts = found["kind"].value_counts().sort_index()
    out.print(", ".join(f"{kind}: {n:,}" for kind, n in counts.items()), highlight=False)
    if changes and on:
        as_changes(found, on.date().isoformat()).to_csv(changes, index=False, lineterminator="\n")
        out.print(f"Changes written to {changes}", highlight=False)


@app.command()
def serve(
    configs: Configs,
    data: Data = None,
    home: Home = None,
    cron: Annotated[
        str, typer.Option(help="When, in Europe/London time; keep out of 01:00 to 02:00.")
    ] = "30 2 * * *",
) -> None:
    """Publish every night, one run at a time, until stopped.

    Schedules through the Prefect server of PREFECT_API_URL, or starts one on this machine.
    """
    from flows.plan import make_plan

    root = home or default_home()
    make_plan(configs, data, root)
    prepare_prefect(root, verbose=True)
    with server() as api:
        from flows.serve import serve_nightly  # Prefect reads its settings when imported

        out.print(f"Scheduling through {api}; Ctrl-C ends it.", highlight=False)
        serve_nightly(
            [c.absolute() for c in configs], data.absolute() if data else None, root.absolute(), cron
        )


def main() -> None:
    """Run the command line; what the user can mend is said in a paragraph, without a traceback."""
    try:
        app()
    except PlacelineError as error:
        err.print(f"[bold red]Stopped.[/] {_escaped(str(error))}", highlight=False)
        refused = type(error).__name__ == "Refused"
        sys.exit(EXIT_CODES["refused" if refused else "failed"])


def _effect(given: str) -> tuple[str, float]:
    name, _, size = given.rpartition("=")
    try:
        return name, float(size)
    except ValueError:
        raise PlacelineError(f"--effect {given}: write NAME=SIZE, with a number for the size.") from None


def _nothing_changed(plan: "Plan") -> bool:
    # Before Prefect is imported: most nights of most regions end here, in a second.
    last = plan.last_inputs()
    if last is None:
        return False
    from flows.night import tell_nothing_changed

    with plan.store.one_at_a_time():
        try:
            inputs = plan.inputs()
        except SourceError:
            # The flow meets it again, and tells it as a failed night.
            return False
        if not inputs.same_as(last):
            return False
        tell_nothing_changed(plan, inputs)
    return True


def _say(store: Store) -> None:
    status = read_status(store) or {}
    out.print(
        f"{str(status['state']).capitalize()}: {status['build_id']}. {status['message']}", highlight=False
    )
    for label, path in (("warehouse", WAREHOUSE), ("exports", "data"), ("site", "site/index.html")):
        out.print(f"  {label:<10}{store.current / path}", highlight=False)
    home = store.folder.parent
    option = "" if home == default_home().absolute() else f" --home {home}"
    program = "placeline" if shutil.which("placeline") else sys.argv[0]
    out.print(f"Look at it with: {program} open{option} --region {store.folder.name}", highlight=False)


def _escaped(text: str) -> str:
    return text.replace("[", r"\[")


if __name__ == "__main__":
    main()
