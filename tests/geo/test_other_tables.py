"""Area facts, counted reports, scores and answers: what each contract takes and keeps."""

from datetime import date

import pytest

from geo.contracts import CONTRACTS
from geo.errors import SourceError
from geo.readers.settings import write_settings
from geo.region import Region
from tests.geo.door import Door, counts


def test_area_facts_with_mapped_and_known_columns(door: Door) -> None:
    text = """
        gss-code,official-name,pop-2020,Deprivation,combined-authority
        E1,Ash,1234.5,20.1,GMCA
        E2,Beech,-5,,GMCA
        E1,Ash again,1,1,GMCA
        E4,Elm,7,7,
    """
    read = door.load(
        "area_facts",
        door.write("facts.csv", text),
        columns={"area_name": "official-name", "population": "pop-2020"},
        where={"combined-authority": "GMCA"},
        max_rejected_share=0.4,
    )
    assert counts(read) == (4, 2, 1, 1)
    assert (read.period_start, read.period_end) == (None, None)
    found = door.rows(
        "SELECT row, area_code, area_name, parent_code, population, deprivation FROM raw.area_fact"
    )
    assert found == [(2, "E1", "Ash", None, 1234.5, 20.1), (3, "E2", "Beech", None, None, None)]
    assert [issue[1:] for issue in door.issues()] == [
        (3, "pop-2020", "-5", "below 0", "blanked"),
        (4, "gss-code", "E1", "key repeated: an earlier row has it", "rejected"),
    ]


def test_counted_reports(door: Door) -> None:
    text = """
        lad\tyear\tshef_b_code\treports
        E1\t2019\t1\t12
        E1\t2019\t2\t0
        E1\t2019\t1\t13
        E1\t19\t1\t1
        E1\t2019\t3\tmany
    """
    read = door.load("report_counts", door.write("counts.tsv", text), max_rejected_share=0.6)
    assert counts(read) == (5, 2, 3, 0)
    found = door.rows("SELECT area_code, year, category, report_count FROM raw.report_count ORDER BY row")
    assert found == [("E1", 2019, "1", 12), ("E1", 2019, "2", 0)]
    assert [issue[1:5] for issue in door.issues()] == [
        (4, "lad, year, shef_b_code", "E1, 2019, 1", "key repeated: an earlier row has it"),
        (5, "year", "19", "below 1990"),
        (6, "reports", "many", "not a whole number"),
    ]


def test_satisfaction_scores_keep_spans_and_absent_values(door: Door) -> None:
    text = """
        lad_code,year,indicator,value,responses
        S1,2019-22,roads,41.5,120
        S1,2024,roads,,
        S2,2024,roads,0,30
    """
    assert counts(door.load("satisfaction_scores", door.write("s.csv", text))) == (3, 3, 0, 0)
    found = door.rows("SELECT area_code, period, score, base FROM raw.satisfaction_score ORDER BY row")
    assert found == [("S1", "2019-22", 41.5, 120), ("S1", "2024", None, None), ("S2", "2024", 0, 30)]


def test_answers_are_placed_and_keep_their_weight(door: Door) -> None:
    text = """
        respondent,date,question,rating,weight,lon,lat,phone
        1,01/05/2024,roads,5,0.8,-2.2,53.45,07700900900
        1,01/05/2024,paths,,1.2,-2.2,53.45,07700900900
        2,01/05/2024,roads,3,-1,,,07700900900
    """
    read = door.load("satisfaction_responses", door.write("r.csv", text), max_rejected_share=0.4)
    assert counts(read) == (3, 3, 0, 0)
    assert (read.period_start, read.period_end) == (date(2024, 5, 1), date(2024, 5, 1))
    columns = "respondent_id, indicator, rating, weight, geom IS NOT NULL"
    assert door.rows(f"SELECT {columns} FROM raw.satisfaction_response ORDER BY row") == [
        ("1", "roads", 5, 0.8, True),
        ("1", "paths", None, 1.2, True),
        ("2", "roads", 3, None, False),
    ]
    assert "07700900900" not in door.everything()


def test_a_stated_period_wins_over_the_dates_found(door: Door) -> None:
    name = door.write("a.csv", "collision_id,date,severity\nA1,01/02/2022,1\n")
    read = door.load("collisions", name, period_start=date(2022, 1, 1), period_end=date(2022, 12, 31))
    assert (read.period_start, read.period_end) == (date(2022, 1, 1), date(2022, 12, 31))


@pytest.mark.parametrize("kind", CONTRACTS)
def test_every_raw_column_says_what_it_holds(door: Door, kind: str) -> None:
    name = CONTRACTS[kind].table.removeprefix("raw.")
    comments = door.rows(
        f"SELECT column_name, comment FROM duckdb_columns() WHERE schema_name = 'raw' AND table_name = '{name}'"
    )
    assert len(comments) >= len(CONTRACTS[kind].fields) + 3
    for column, comment in comments:
        assert comment, column
        assert comment.strip(". ").lower() != column.replace("_", " ")


def test_the_region_is_written_as_tables_and_variables(door: Door) -> None:
    scores = {
        "kind": "satisfaction_scores", "id": "s", "title": "S", "path": "s.csv", "scale": "share",
        "indicators": {"Q1": "satisfaction"},
    }  # fmt: skip
    given = door.region.model_dump()
    region = Region.model_validate(given | {"source": [*given["source"], scores], "buffer_m": 1500})
    write_settings(door.con, region)
    assert door.rows("SELECT region, crs, basis_on, buffer_m, cell_m FROM raw.region") == [
        ("made-up", "EPSG:27700", date(2024, 1, 1), 1500, 1000)
    ]
    assert door.rows("SELECT getvariable('buffer_m'), getvariable('authority_level')") == [(1500, "district")]
    assert door.rows("SELECT * FROM raw.level") == [("district", 1, True)]
    assert door.rows("SELECT * FROM raw.indicator") == [("s", "Q1", "satisfaction")]
    assert door.rows("SELECT source, kind, licence, publish, lowest, highest FROM raw.source ORDER BY 1") == [
        ("land", "areas", "not stated", "nothing", None, None),
        ("s", "satisfaction_scores", "not stated", "nothing", 0, 1),
    ]


def test_a_file_of_another_kind_is_refused_by_its_columns(door: Door) -> None:
    with pytest.raises(SourceError, match=r"'a\.csv' has no column for occurred_on"):
        door.load("collisions", door.write("a.csv", "collision_index,vehicle_reference\nA1,1\n"))
