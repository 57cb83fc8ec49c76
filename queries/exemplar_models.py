"""Models of where it works well, and of what is done differently there."""

import pandas as pd

from geo.across.doing_well import PLACE, nearest_of_each, places_doing_well, services_doing_well
from geo.across.reasons import REASONS
from geo.across.sentences import reasons
from geo.tables import Column, Table
from queries.priority_tables import PLACE_COLUMNS, PLACES, PROBLEM_CODE, YEARS, gathered, records
from queries.python_models import Frames, PythonModel, closed_sources, small_count_threshold


def exemplar(frames: Frames) -> pd.DataFrame:
    """Find the places that do well, year after year."""
    places = gathered(frames, PLACES, PLACE)
    events = places[places["kind"] != "service"]
    found = places_doing_well(events, gathered(frames, YEARS, ["place", "year", "observed", "expected"]))
    is_hidden = (found["observed"] < small_count_threshold(frames)) & bool(closed_collisions(frames))
    # The estimate would give the count away.
    found = found.assign(
        events=found["observed"].mask(is_hidden),
        estimate=found["estimate"].mask(is_hidden),
        q=found["q"].mask(is_hidden),
    )
    services = services_doing_well(frames["core.service_latest"], frames["core.service_record"]).rename(
        columns={"comparator_value": "expected"}
    )
    parts = [p.reindex(columns=[*_KINDS, "place"]).astype(_KINDS) for p in (found, services) if len(p)]
    if not parts:
        return pd.DataFrame(columns=[c.name for c in EXEMPLAR.table.columns])
    facts = places.drop(columns=["observed", "expected", "estimate", "q", "verdict"])
    units = frames["run.outcome_definition"][["outcome", "label", "unit"]]
    rows = pd.concat(parts).merge(facts, on="place").merge(units, on="outcome")
    names = _authority_names(frames)
    rows = rows.assign(
        exemplar=rows["place"],
        value_unit=rows["unit"].where(rows["kind"] == "service"),
        authority_name=rows["authority_code"].map(names),
    )
    rows["sentence"] = [_exemplar_sentence(row) for row in records(rows)]
    return rows.sort_values("exemplar")[[c.name for c in EXEMPLAR.table.columns]]


def exemplar_difference(frames: Frames) -> pd.DataFrame:
    """Say each fact in words."""
    facts = frames["core.exemplar_fact"]
    said = [" ".join(reasons(REASONS["difference"], row)) for row in records(facts)]
    return facts.assign(sentence=said)[[c.name for c in EXEMPLAR_DIFFERENCE.table.columns]]


def problem_exemplar(frames: Frames) -> pd.DataFrame:
    """Find for each problem that is no part the most comparable place that does well."""
    problems = frames["core.problem"]
    places = gathered(frames, PLACES, [*PLACE, "log_flow", "log_length", "deprivation", "population_density"])
    good = frames["core.exemplar"]["exemplar"].tolist()
    return nearest_of_each(problems[problems["is_counted"].astype(bool)], places, good)


def closed_collisions(frames: Frames) -> list[str]:
    """Return the sources of collisions that are open in aggregates only."""
    sources = frames["raw.source"]
    return sorted({*closed_sources(frames)} & {*sources.loc[sources["kind"] == "collisions", "source"]})


def _exemplar_sentence(row: dict[str, object]) -> str | None:
    kind = "exemplar_service" if row["kind"] == "service" else "exemplar"
    said = reasons(REASONS[kind], row)
    return " ".join(said) or None


def _authority_names(frames: Frames) -> dict[str, str]:
    areas, level = frames["core.area"], frames["raw.region"]["authority_level"].iloc[0]
    own = areas[areas["area_level"] == level]
    return dict(zip(own["area_code"], own["area_name"], strict=True))


_KINDS = dict.fromkeys(
    ("events", "expected", "estimate", "value", "q", "years", "better_years", "first_year", "last_year"),
    "float64",
)
EXEMPLAR = PythonModel(
    Table(
        "core.exemplar",
        "One row per place that does well: fewer collisions than usual, or an authority better than its comparator, "
        "with a false discovery rate of 5 % and in four years of five, three at least.",
        (
            Column("exemplar", "VARCHAR", "Place, named as problems are. Never null."),
            *PLACE_COLUMNS,
            Column("label", "VARCHAR", "Title of the outcome. Never null."),
            Column("authority_name", "VARCHAR", "Name of the authority; null where none holds it."),
            Column("place_kind", "VARCHAR", "What it is held against: only such places. Never null."),
            Column(
                "events",
                "BIGINT",
                "Collisions counted; null for services, or so few that they may not be shown.",
            ),
            Column("expected", "DOUBLE", "Collisions usual, or the comparator's value. Never null."),
            Column("estimate", "DOUBLE", "Collisions in the long run over the years; null likewise."),
            Column("value", "DOUBLE", "The authority's value, in value_unit; null where it is no service."),
            Column("value_unit", "VARCHAR", "Unit of the value; null likewise."),
            Column("q", "DOUBLE", "False-discovery-rate q-value; null where the count may not be shown."),
            Column("years", "DOUBLE", "Years, or periods of a service, that are known. Never null."),
            Column("better_years", "BIGINT", "Of these, better than usual. Never null."),
            Column("first_year", "BIGINT", "First of the years; null for services."),
            Column("last_year", "BIGINT", "Last of the years; null for services."),
            Column("sentence", "VARCHAR", "The same in words; null where the count may not be shown."),
        ),
        key=("exemplar",),
    ),
    exemplar,
    inputs=(
        "core.area",
        "core.service_latest",
        "core.service_record",
        "raw.region",
        "raw.source",
        "run.outcome_definition",
    ),
    families=(YEARS, PLACES),
)

EXEMPLAR_DIFFERENCE = PythonModel(
    Table(
        "marts.exemplar_difference",
        "One row per exemplar and fact in which its authority may differ from others: its spend, its contracts, and "
        "circumstances of collisions that are more or fewer than usual there. What goes with doing well need not be "
        "why.",
        (
            Column("exemplar", "VARCHAR", "Exemplar, as in marts.exemplar. Never null."),
            Column("fact", "VARCHAR", "What the fact is. Never null."),
            Column("authority_code", "VARCHAR", "Code of the authority it is a fact of. Never null."),
            Column("authority_name", "VARCHAR", "Name of the authority, for people. Never null."),
            Column("value", "DOUBLE", "Its value, in unit. Never null."),
            Column("usual_value", "DOUBLE", "Median of authorities, or 1 for circumstances. Never null."),
            Column("unit", "VARCHAR", "Unit of both. Never null."),
            Column(
                "known_count",
                "BIGINT",
                "Authorities that it is known of, itself among them; null for circumstances, which are held against "
                "like roads.",
            ),
            Column(
                "verdict",
                "VARCHAR",
                "more than usual or fewer than usual at a false discovery rate of 5 %; null for facts not tested.",
            ),
            Column("sentence", "VARCHAR", "The same in words. Never null."),
        ),
        key=("exemplar", "fact"),
    ),
    exemplar_difference,
    inputs=("core.exemplar_fact",),
)

PROBLEM_EXEMPLAR = PythonModel(
    Table(
        "marts.problem_exemplar",
        "One row per problem that is no part of another: the most comparable place that does well.",
        (
            PROBLEM_CODE,
            Column("exemplar", "VARCHAR", "As in marts.exemplar; null where reason says why."),
            Column("distance", "DOUBLE", "How far apart they are, standard deviations; null likewise."),
            Column(
                "compared_by",
                "VARCHAR",
                "What they were compared by, besides being of one place_kind, comma-separated; null where nothing is "
                "known.",
            ),
            Column("reason", "VARCHAR", "Why there is none; null where there is one."),
        ),
        key=("problem",),
    ),
    problem_exemplar,
    inputs=("core.problem", "core.exemplar"),
    families=(PLACES,),
)

EXEMPLAR_MODELS: tuple[PythonModel, ...] = (EXEMPLAR, EXEMPLAR_DIFFERENCE, PROBLEM_EXEMPLAR)
