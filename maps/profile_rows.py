"""What the profile pages ask of the warehouse: each question once for all authorities of a level."""

from collections.abc import Iterable
from dataclasses import dataclass

from maps.read import Row, Warehouse

Grouped = dict[str, list[Row]]

# Near enough to tell both sides of a border apart, far enough to hold something.
BAND_KM = 2


@dataclass(frozen=True)
class ProfileRows:
    """Rows of marts by the code of the authority they are about; figures, points and trends by outcome too."""

    figures: dict[tuple[str, str], Row]
    points: dict[tuple[str, str], list[Row]]
    trends: dict[tuple[str, str], Row]
    neighbours: Grouped
    alike: Grouped
    problems: Grouped
    hotspots: Grouped
    borders: Grouped
    groups: Grouped
    spend: Grouped
    contracts: Grouped
    disagreements: Grouped
    misfits: Grouped
    corrections: Grouped


def profile_rows(warehouse: Warehouse, level: str) -> ProfileRows:
    """Read what the profiles of one level need; what a release older than a table lacks is empty."""
    points: dict[tuple[str, str], list[Row]] = {}
    for row in _points(warehouse, level):
        points.setdefault((row["area_code"], row["outcome"]), []).append(row)
    return ProfileRows(
        figures={(row["area_code"], row["outcome"]): row for row in warehouse.latest_figures(level)},
        points=points,
        # The last series of each stays.
        trends={(row["area_code"], row["outcome"]): row for row in _trends(warehouse, level)},
        neighbours=_by(warehouse.rows_if("area_neighbour", _NEIGHBOURS, level)),
        alike=_by(warehouse.rows_if("statistical_neighbour", _ALIKE, level)),
        problems=_by(warehouse.rows_if("problem_party", _PROBLEMS)),
        hotspots=_by(warehouse.rows_if("hotspot", _HOTSPOTS)),
        borders=_by(warehouse.rows_if("border_contrast", _BORDERS, BAND_KM)),
        groups=_by(warehouse.rows_if("action_group_member", _GROUPS)),
        spend=_by(warehouse.rows_if("spend", _SPEND)),
        contracts=_by(warehouse.rows_if("contract", _CONTRACTS)),
        disagreements=_by(warehouse.rows(_DISAGREEMENTS)),
        misfits=_by(warehouse.rows_if("area_misfit", _MISFITS, level, level)),
        corrections=_by(
            {**row, "code": row["outcome_area_code"]}
            for row in warehouse.corrections()
            if row["outcome_area_code"]
        ),
    )


def _by(rows: Iterable[Row]) -> Grouped:
    grouped: Grouped = {}
    for row in rows:
        grouped.setdefault(row["code"], []).append(row)
    return grouped


def _points(warehouse: Warehouse, level: str) -> list[Row]:
    """Years and shorter; spans that pool several would count them twice."""
    return warehouse.rows(
        """
        SELECT area_code, outcome, period_start, period_end, method, series,
               if(is_suppressed, NULL, value) AS value
        FROM marts.outcome WHERE area_level = ? AND period_end - period_start <= 400
        ORDER BY area_code, outcome, period_start, period_end
        """,
        level,
    )


def _trends(warehouse: Warehouse, level: str) -> list[Row]:
    return warehouse.rows_if(
        "trend",
        "SELECT * FROM marts.trend WHERE area_level = ? ORDER BY area_code, outcome, last_on, series",
        level,
    )


_NEIGHBOURS = """
    SELECT area_code AS code, neighbour_code, neighbour_name, border_km, crossing_count, shared_road_km
    FROM marts.area_neighbour WHERE area_level = ? ORDER BY border_km DESC, neighbour_code
"""
_ALIKE = """
    SELECT n.area_code AS code, n.neighbour_code, area.area_name AS neighbour_name, n.covariates, n.reason
    FROM marts.statistical_neighbour AS n
    LEFT JOIN marts.area AS area
        ON (area.area_level, area.area_code) = (n.area_level, n.neighbour_code)
    WHERE n.area_level = ? ORDER BY n.area_code, n.rank
"""
# What is part of another problem is told there.
_PROBLEMS = """
    SELECT party.party_code AS code, problem.*, if(problem.kind = 'service', definition.decimals, 1) AS decimals
    FROM marts.problem_party AS party JOIN marts.problem AS problem USING (problem)
    JOIN marts.outcome_definition AS definition USING (outcome)
    WHERE party.must_act AND problem.rank_overall IS NOT NULL
    ORDER BY problem.rank_overall, problem.problem
"""
_HOTSPOTS = """
    SELECT trim(unnest(string_split(party_codes, ','))) AS code, * EXCLUDE (geom) FROM marts.hotspot
    WHERE view = 'region'
    ORDER BY excess_per_year DESC NULLS LAST, outcome, layer, hotspot
"""
_BORDERS = """
    SELECT unnest([area_code, neighbour_code]) AS code, * FROM marts.border_contrast
    WHERE band_km = ? AND verdict IN ('higher', 'lower', 'no difference told', 'too few data')
    ORDER BY q NULLS LAST, area_code, neighbour_code, corridor, road_class, outcome
"""
_GROUPS = """
    SELECT member.authority_code AS code, other.authority_code AS other_code, other.authority_name AS other_name
    FROM marts.action_group_member AS member
    JOIN marts.action_group_member AS other USING (action_group)
    WHERE other.authority_code <> member.authority_code
    ORDER BY member.authority_code, other.authority_name, other.authority_code
"""
_SPEND = """
    SELECT area_code AS code, * FROM marts.spend
    ORDER BY financial_year DESC, source
"""
_CONTRACTS = """
    SELECT area_code AS code, * FROM marts.contract WHERE area_code IS NOT NULL
    ORDER BY end_on, value DESC NULLS LAST, source, contract_id, buyer_name, buyer_id
"""
_DISAGREEMENTS = """
    SELECT unnest([located_code, recorded_code]) AS code, incident_kind, located_code, recorded_code, incident_count
    FROM marts.authority_disagreement WHERE located_code <> recorded_code AND incident_count > 0
    ORDER BY ALL
"""
_MISFITS = """
    SELECT area_code AS code, other_name, misfit, size_m2 FROM marts.area_misfit WHERE area_level = ?
    UNION ALL
    SELECT other_code, area_name, misfit, size_m2 FROM marts.area_misfit WHERE area_level = ?
    ORDER BY ALL
"""
