"""A tiny region built whole: raw tables drawn, every model built, every check run, as a night does."""

# ruff: noqa: E501 - a drawn table is as wide as its columns

from pathlib import Path

import duckdb

from geo.readers.settings import set_variables
from geo.tables import create_table, qualified
from geo.warehouse import connect, quote
from queries.build import build_model, create_macros
from queries.checks import CheckResult, load_checks, run_check, write_results
from queries.definitions import write_definitions
from queries.models import build_order
from tests.queries.drawing import GIVEN, LEVELS, MODELS, SETTINGS, as_text, cell_type, drawn

# Two authorities of two wards in a county in the North Sea, and a neighbour as context.
RAW = {
    "raw.level": LEVELS,
    "raw.comparator": "comparator\nall_areas\nparent\nstatistical_neighbours",
    "raw.neighbour_covariate": "covariate | neighbours\npopulation_density | 2",
    "raw.priority_weight": "theme | weight\nsafety | 1\nsatisfaction | 1\nresponsiveness | 2\ncondition | 1",
    "raw.priority_setting": "contract_window_years | largest_group\n2 | 5",
    "raw.source": """
        source   | region | kind                   | title    | licence    | publish    | lowest | highest | pounds | prices
        areas    | here   | areas                  | Areas    | OGL v3     | rows       |        |         |        |
        facts    | here   | area_facts             | Facts    | OGL v3     | rows       |        |         |        |
        changes  | here   | area_changes           | Changes  | OGL v3     | rows       |        |         |        |
        roads    | here   | roads                  | Roads    | OGL v3     | rows       |        |         |        |
        secret   | here   | roads                  | Private  | not stated | nothing    |        |         |        |
        police   | here   | collisions             | Police   | OGL v3     | rows       |        |         |        |
        fire     | here   | collisions             | Fire     | OGL v3     | aggregates |        |         |        |
        hurt     | here   | casualties             | Hurt     | OGL v3     | aggregates |        |         |        |
        vehicles | here   | vehicles               | Vehicles | OGL v3     | aggregates |        |         |        |
        reports  | here   | reports                | =Reports | OGL v3     | rows       |        |         |        |
        counts   | here   | report_counts          | -Counts  | OGL v3     | rows       |        |         |        |
        flows    | here   | traffic_counts         | Flows    | OGL v3     | rows       |        |         |        |
        times    | here   | travel_times           | Times    | OGL v3     | rows       |        |         |        |
        speeds   | here   | average_speeds         | Speeds   | OGL v3     | rows       |        |         |        |
        surface  | here   | road_condition         | Surface  | OGL v3     | rows       | 100    | 0       |        |
        scores   | here   | satisfaction_scores    | @Scores  | OGL v3     | rows       | 0      | 100     |        |
        survey   | here   | satisfaction_responses | +Survey  | not stated | nothing    | 1      | 5       |        |
        outturn  | here   | spend                  | Outturn  | OGL v3     | rows       |        |         | 1000   | nominal
        notices  | here   | contracts              | Notices  | OGL v3     | rows       |        |         |        |
        names    | here   | buyer_aliases          | Names    | OGL v3     | rows       |        |         |        |
        schemes  | here   | schemes                | Schemes  | OGL v3     | rows       |        |         |        |
        replies  | here   | corrections            | Replies  | OGL v3     | rows       |        |         |        |
    """,
    "raw.indicator": """
        source | indicator | outcome
        scores | KBI 01    | satisfaction_highways
        survey | q1        | satisfaction_highways
    """,
    "raw.source_file": """
        source   | file   | sha256 | bytes | rows_read | rows_accepted | rows_quarantined | rows_left_out | period_start | period_end | read_at
        areas    | a.gpkg | aa     | 10    | 8         | 8             | 0                | 0             |              |            | 2024-05-01 03:00:00
        police   | p.csv  | bb     | 10    | 8         | 6             | 1                | 1             | 2022-01-01   | 2023-12-31 | 2024-05-01 03:00:00
        fire     | f.csv  | cc     | 10    | 2         | 1             | 1                | 0             | 2022-01-01   | 2023-12-31 | 2024-05-01 03:00:00
        reports  | r.csv  | dd     | 10    | 3         | 3             | 0                | 0             | 2023-01-01   | 2023-12-31 | 2024-05-01 03:00:00
    """,
    "raw.issue": """
        source | file  | row | column_name | value      | rule     | severity | who_can_fix
        police | p.csv | 3   | =date       | 31/02/2023 | no date  | rejected | publisher
        police | p.csv | 4   | speed       | -1         | no speed | blanked  | publisher
        fire   | f.csv | 2   | date        | 30/02/2023 | no date  | rejected | publisher
    """,
    "raw.area": """
        source | file   | row | area_level | area_code | area_name | parent_code | is_context | geom
        areas  | a.gpkg | 1   | county     | C1        | County    |             | false      | box 640100 500100 644300 502300
        areas  | a.gpkg | 2   | authority  | A1        | Northby   | C1          | false      | box 640100 500100 642200 502300
        areas  | a.gpkg | 3   | authority  | A2        | Southby   | C1          | false      | box 642200 500100 644300 502300
        areas  | a.gpkg | 4   | ward       | W1        | West      | A1          | false      | box 640100 500100 641100 502300
        areas  | a.gpkg | 5   | ward       | W2        | Mid       | A1          | false      | box 641100 500100 642200 502300
        areas  | a.gpkg | 6   | ward       | W3        | East      | A2          | false      | box 642200 500100 643300 502300
        areas  | a.gpkg | 7   | ward       | W4        | Far       | A2          | false      | box 643300 500100 644300 502300
        areas  | a.gpkg | 8   | authority  | A9        | Beyond    |             | true       | box 644300 500100 645000 502300
    """,
    "raw.misfit": """
        area_level | misfit | area_code | other_code | part_count | size_m2 | width_m | geom
        ward       | gap    | W1        | W2         | 1          | 20      | 2       | point 641100 501000
    """,
    "raw.area_vintage": """
        source | file   | row | area_level | area_code | area_name | valid_from | valid_to   | geom
        areas  | o.gpkg | 1   | authority  | A0        | Oldby     |            | 2023-03-31 | box 640100 500100 642200 502300
    """,
    "raw.area_fact": """
        source | file | row | area_code | population | deprivation
        facts  | f    | 1   | W1        | 1000       | 10
        facts  | f    | 2   | W2        | 2000       | 20
        facts  | f    | 3   | W3        | 3000       | 30
        facts  | f    | 4   | W4        | 4000       |
    """,
    "raw.area_change": """
        source  | file | row | from_code | from_name | to_code | to_name | changed_on | change | share | share_of   | share_by
        changes | ch   | 2   | A0        | Oldby     | A1      | Northby | 2023-04-01 | merged |       |            |
        changes | ch   | 3   | W0        | Whole     | W3      | East    | 2023-04-01 | split  | 0.4   | population | Council
        changes | ch   | 4   | W0        | Whole     | W4      | Far     | 2023-04-01 | split  | 0.6   | population | Council
        changes | ch   | 5   | A2        | Southby   | A8      | Southby | 2030-04-01 | recoded |      |            |
    """,
    "raw.link": """
        source | file | row | link_id | road_class   | road_number | geom
        roads  | r    | 1   | 1       | a            | A1          | line 640200 501000, 644800 501000
        roads  | r    | 2   | 2       | unclassified |             | line 642200 500500, 642200 500900
        roads  | r    | 3   | 3       |              |             | line 640200 501100, 640900 501100
        secret | s    | 1   | 9       | unclassified |             | line 643000 500300, 643500 500300
    """,
    "raw.collision": """
        source | file  | row | collision_id | occurred_on | severity | recorded_authority | light    | geom
        police | p.csv | 2   | c1           | 2022-03-01  | fatal    | A1                 | daylight | point 640500 501005
        police | p.csv | 5   | c2           | 2022-04-01  | slight   | southby            | dark     | point 642195 501000
        police | p.csv | 6   | c3           | 2023-05-01  | serious  | A2                 | daylight | point 643500 501010
        police | p.csv | 7   | c4           | 2023-06-01  | slight   | A2                 | daylight | point 643200 500310
        police | p.csv | 8   | c5           | 2023-07-01  | slight   |                    | daylight |
        police | p.csv | 9   | c6           | 2023-08-01  | slight   | A2                 | dark     | point 650000 510000
        fire   | f.csv | 3   | c1           | 2023-08-02  | slight   | A2                 | dark     | point 643600 501000
    """,
    "raw.casualty": """
        source | file  | row | collision_id | casualty_severity
        hurt   | h.csv | 2   | c1           | fatal
        hurt   | h.csv | 3   | c1           | fatal
    """,
    "raw.vehicle": """
        source   | file  | row | collision_id | vehicle_ref
        vehicles | v.csv | 2   | c1           | 1
    """,
    "raw.report": """
        source  | file  | row | report_id | reported_at         | status | recorded_authority | geom
        reports | r.csv | 2   | r1        | 2023-01-01 10:00:00 | open   | Northby            | point 640600 501000
        reports | r.csv | 3   | r2        | 2023-02-01 10:00:00 | open   | Northby            | point 640700 501000
        reports | r.csv | 4   | r3        | 2023-03-01 10:00:00 | open   | =Southby           | point 643600 501000
    """,
    "raw.report_count": """
        source | file  | row | area_code | year | report_count
        counts | n.csv | 2   | W1        | 2021 | 40
        counts | n.csv | 3   | W3        | 2021 | 50
    """,
    "raw.traffic_count": """
        source | file  | row | count_point_id | year | road_name | link_length_km | estimation_method | all_motor_vehicles | geom
        flows  | t.csv | 2   | 1              | 2022 | A1        | 1.5            | counted           | 9000               | point 641200 501002
        flows  | t.csv | 3   | 1              | 2023 | A1        | 1.5            | estimated         | 9900               | point 641200 501002
        flows  | t.csv | 4   | 2              | 2023 | A1        | 0.5            | counted           | 8000               | point 643900 501002
        flows  | t.csv | 5   | 3              | 2023 | U         |                | counted           | 500                | point 642201 500700
        flows  | t.csv | 6   | 4              | 2023 | C         |                | counted           | 700                | point 643200 500301
        flows  | t.csv | 7   | 5              | 2023 | A2        | 0.5            | counted           | 7000               | point 641200 501002
    """,
    "raw.travel_time": """
        source | file  | row | link_id | observed_at         | travel_time_s | vehicles
        times  | j.csv | 2   | 1       | 2023-06-05 10:00:00 | 300           | 4
        times  | j.csv | 3   | 1       | 2023-06-05 10:15:00 | 360           | 5
    """,
    "raw.average_speed": """
        source | file  | row | area_code | road_name | year | average_speed_mph | average_delay_spvpm
        speeds | v.csv | 2   | A1        | all       | 2022 | 25.1              | 40.2
        speeds | v.csv | 3   | A1        | A1        | 2022 | 31                |
        speeds | v.csv | 4   | A2        | all       | 2022 | 28.4              | 31
    """,
    "raw.road_condition": """
        source  | file  | row | area_code | period  | road_class | poor | mark
        surface | k.csv | 2   | A1        | 2022-23 | a          | 4    |
        surface | k.csv | 3   | A2        | 2022-23 | a          |      | suppressed
    """,
    "raw.spend": """
        source  | file  | row | area_code | financial_year | service | revenue | capital
        outturn | o.csv | 2   | A1        | 2022-23        | roads   | 150     | 50
        outturn | o.csv | 3   | A2        | 2022-23        | roads   | 350     | 20
    """,
    "raw.contract": """
        source  | file   | row | contract_id | buyer_name      | supplier_name | supplier_kind | value | cpv      | start_on   | end_on
        notices | c.json | 1   | k1          | Northby         | Kerb Ltd      | organisation  | 9000  | 45233141 | 2022-01-01 | 2023-12-31
        notices | c.json | 2   | k2          | Northby Council | Kerb Ltd      | organisation  | 100   | 45233141 | 2022-01-01 | 2023-12-31
        notices | c.json | 3   | k3          | Highways South  |               | withheld      | 50    | 45233141 | 2022-01-01 | 2023-12-31
    """,
    "raw.buyer_alias": """
        source | file  | row | buyer_name     | area_code
        names  | n.csv | 2   | Highways South | A2
    """,
    "raw.scheme": """
        source  | file  | row | scheme_id | opened_on  | link_ids
        schemes | h.csv | 2   | s1        | 2023-01-01 | 1
    """,
    "raw.satisfaction_score": """
        source | file  | row | area_code | period | indicator | score | base
        scores | s.csv | 2   | A1        | 2022   | KBI 01    | 55    | 400
        scores | s.csv | 3   | A2        | 2022   | KBI 01    | 65    | 20
        scores | s.csv | 4   | C1        | 2022   | KBI 01    | 60    |
    """,
    "raw.satisfaction_response": """
        source | file  | row | respondent_id | area_code | surveyed_on | indicator | rating | weight | cluster | geom
        survey | q.csv | 2   | 1             | W1        | 2023-04-01  | q1        | 4      | 1      | k1      |
        survey | q.csv | 3   | 2             | W2        | 2023-04-01  | q1        | 2      | 2      | k2      |
        survey | q.csv | 4   | 3             |           | 2023-04-01  | q1        | 5      | 1      | k3      | point 643400 501000
    """,
    "raw.correction": """
        source  | file  | row | correction_id | area_code | table_or_source | record_id | field           | corrected_value | claim | evidence | reviewed_by | reviewed_on | decision
        replies | y.csv | 2   | y1            | A2        | police          | c4        | speed_limit_mph | 30              | Limit | Order 7  | Data lead   | 2024-04-02  | accepted
        replies | y.csv | 3   | y2            | A2        | police          | c3        | severity        | slight          | Worse | None     | Data lead   | 2024-04-02  | rejected
    """,
    "run.build": "build_id | built_at | schema_version | placeline_version\nb1 | 2024-05-01 03:00:00 | 1 | 0.1.0",
}


def build_warehouse(path: Path) -> Path:
    """Build the tiny region into a build file."""
    with connect(path) as con:
        write_raw(con)
        for model in build_order(MODELS):
            if not model.name.startswith("meta."):
                build_model(con, model)
        write_results(con, check_all(con), show_examples=False)
        for model in build_order(MODELS):
            if model.name.startswith("meta."):
                build_model(con, model)
    return path


def check_all(con: duckdb.DuckDBPyConnection) -> list[CheckResult]:
    return [run_check(con, check) for check in load_checks()]


def write_raw(con: duckdb.DuckDBPyConnection) -> None:
    """Write every table that a build is given."""
    for table in GIVEN:
        create_table(con, table)
    columns = ", ".join(SETTINGS)
    con.execute(
        f"INSERT INTO raw.region ({columns}) VALUES ({', '.join('?' * len(SETTINGS))})", [*SETTINGS.values()]
    )
    for name, text in RAW.items():
        kinds = {c.name: c.type for table in GIVEN if table.name == name for c in table.columns}
        names, rows = drawn(text)
        for row in rows:
            values = ", ".join(cell_type(kinds[n]) for n in names)
            cells = [as_text(cell, kinds[n]) for cell, n in zip(row, names, strict=True)]
            quoted = ", ".join(map(quote, names))
            con.execute(f"INSERT INTO {qualified(name)} ({quoted}) VALUES ({values})", cells)
    set_variables(con)
    write_definitions(con)
    create_macros(con)
