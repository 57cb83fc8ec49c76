"""What pages about more than one authority ask of the published warehouse. Geometries come as WKB, longitude first."""

from maps.read import Row, Warehouse

TABLES = (
    "problem", "problem_party", "problem_reason", "priority_accounting", "priority_sensitivity", "priority_weight",
    "hotspot", "hotspot_count", "border_contrast", "corridor_profile", "corridor_summary", "corridor_section",
    "exemplar", "exemplar_difference", "problem_exemplar", "action_group", "action_group_member",
    "action_group_reason", "authority_partner", "area", "outcome_definition",
)  # fmt: skip

# One name for each authority's code.
_NAMES = """
    (SELECT area_code, any_value(area_name ORDER BY area_level) AS area_name FROM marts.area
     WHERE area_level IN (SELECT area_level FROM marts.area_level WHERE is_authority) GROUP BY area_code)
"""


def absent(warehouse: Warehouse) -> list[str]:
    """Tables that this release does not hold, being older than they are."""
    found = warehouse.rows("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'marts'")
    return sorted({*TABLES} - {row["table_name"] for row in found})


def problem_totals(warehouse: Warehouse) -> Row:
    """How many problems there are that are no part of others, and of which kinds."""
    return warehouse.rows("""
        SELECT count(*) AS all_count, count(*) FILTER (is_sure) AS sure_count,
               count(*) FILTER (acting_count > 1) AS together_count,
               count(*) FILTER (is_sure AND acting_count > 1) AS sure_together_count
        FROM marts.problem WHERE part_of IS NULL
    """)[0]


def problems(warehouse: Warehouse, most: int) -> list[Row]:
    """The greatest problems that are no part of others: reasons, who must act, and places under other weights."""
    return warehouse.rows(
        """
        SELECT problem.*, reason.sentences, party.parties, moved.best_place, moved.worst_place,
               st_aswkb(coalesce(section.geom, hotspot.geom, area.geom)) AS wkb
        FROM marts.problem AS problem
        LEFT JOIN (SELECT problem, list(sentence ORDER BY nth) AS sentences
                   FROM marts.problem_reason GROUP BY problem) AS reason USING (problem)
        LEFT JOIN (SELECT problem, string_agg(party_name || coalesce(format(' ({:.0f}%)', 100 * share), ''), ', '
                          ORDER BY share DESC NULLS LAST, party_code) AS parties
                   FROM marts.problem_party WHERE must_act GROUP BY problem) AS party USING (problem)
        LEFT JOIN (SELECT problem, min(rank) AS best_place, max(rank) AS worst_place
                   FROM marts.priority_sensitivity GROUP BY problem) AS moved USING (problem)
        LEFT JOIN marts.corridor_section AS section
            ON problem.kind = 'section' AND (section.corridor, section.section) = (problem.corridor, problem.section)
        LEFT JOIN marts.hotspot AS hotspot
            ON problem.kind = 'hotspot' AND hotspot.outcome = problem.outcome AND hotspot.layer = 'grid'
               AND hotspot.view = 'region' AND problem.problem = 'hotspot ' || hotspot.hotspot
        LEFT JOIN marts.area AS area
            ON problem.kind IN ('area', 'service')
               AND (area.area_level, area.area_code) = (problem.area_level, problem.area_code)
        WHERE problem.part_of IS NULL
        ORDER BY problem.rank_overall NULLS LAST, problem.theme, problem.rank NULLS LAST, problem.problem
        LIMIT ?
        """,
        most,
    )


def accounting(warehouse: Warehouse, list_of: str) -> list[Row]:
    """How many places of each kind were looked at, and why there are none."""
    return warehouse.rows("SELECT * FROM marts.priority_accounting WHERE list_of = ? ORDER BY ALL", list_of)


def weight_sets(warehouse: Warehouse) -> list[Row]:
    """How far the first ten of the region's own weights stay the first ten under others."""
    return warehouse.rows("""
        FROM (
            SELECT other.weights, themes.said, count(*) FILTER (region.is_top AND other.is_top) AS kept,
                   count(*) FILTER (other.is_top) AS first, max(abs(other.moved)) FILTER (region.is_top) AS furthest
            FROM marts.priority_sensitivity AS other
            LEFT JOIN marts.priority_sensitivity AS region
                ON region.problem = other.problem AND region.weights = 'region'
            JOIN (SELECT weights, string_agg(format('{} {:g}', theme, weight), ', ' ORDER BY theme) AS said
                  FROM marts.priority_weight GROUP BY weights) AS themes ON themes.weights = other.weights
            GROUP BY other.weights, themes.said
        )
        ORDER BY weights <> 'region', weights
    """)


def hotspots(warehouse: Warehouse) -> list[Row]:
    """Hotspots of every view, those that no authority sees alone first, with names for the codes."""
    return warehouse.rows(f"""
        SELECT hotspot.*, definition.label, st_aswkb(hotspot.geom) AS wkb,
               (SELECT string_agg(area_name, ', ' ORDER BY area_code) FROM {_NAMES}
                WHERE list_contains(string_split(hotspot.party_codes, ','), area_code)) AS party_names,
               (SELECT string_agg(area_name, ', ' ORDER BY area_code) FROM {_NAMES}
                WHERE list_contains(string_split(hotspot.seen_alone_by_codes, ','), area_code)) AS seen_names,
               coalesce(viewer.area_name, hotspot.view) AS view_name
        FROM marts.hotspot AS hotspot
        LEFT JOIN marts.outcome_definition AS definition USING (outcome)
        LEFT JOIN {_NAMES} AS viewer ON viewer.area_code = hotspot.view
        WHERE hotspot.view = 'region' OR hotspot.is_only_alone
        ORDER BY NOT hotspot.is_only_borderless, hotspot.is_only_alone, hotspot.excess_per_year DESC NULLS LAST,
                 hotspot.outcome, hotspot.layer, hotspot.view, hotspot.hotspot
    """)


def hotspot_counts(warehouse: Warehouse) -> list[Row]:
    """How many hotspots each view finds, the region's first, or why none can be found."""
    return warehouse.rows(f"""
        SELECT counted.*, definition.label, if(counted.view = 'region', 'The region as a whole',
               coalesce(viewer.area_name, counted.view)) AS view_name
        FROM marts.hotspot_count AS counted
        LEFT JOIN marts.outcome_definition AS definition USING (outcome)
        LEFT JOIN {_NAMES} AS viewer ON viewer.area_code = counted.view
        ORDER BY counted.outcome, counted.layer, counted.view <> 'region', counted.view
    """)


def borders(warehouse: Warehouse) -> list[Row]:
    """Contrasts within two kilometres of each border, those of all roads first, with what other bands say."""
    return warehouse.rows("""
        SELECT two.*, one.verdict AS verdict_1_km, five.verdict AS verdict_5_km
        FROM marts.border_contrast AS two
        LEFT JOIN marts.border_contrast AS one
            ON (one.area_code, one.neighbour_code, one.corridor, one.road_class, one.outcome, one.band_km)
             = (two.area_code, two.neighbour_code, two.corridor, two.road_class, two.outcome, 1)
        LEFT JOIN marts.border_contrast AS five
            ON (five.area_code, five.neighbour_code, five.corridor, five.road_class, five.outcome, five.band_km)
             = (two.area_code, two.neighbour_code, two.corridor, two.road_class, two.outcome, 5)
        WHERE two.band_km = 2
        ORDER BY (two.corridor, two.road_class) <> ('all roads', 'all'),
                 list_position(['higher', 'lower', 'no difference told', 'too few data'], two.verdict) NULLS LAST,
                 two.p NULLS LAST, two.area_code, two.neighbour_code, two.corridor, two.road_class, two.outcome
    """)


def corridors(warehouse: Warehouse) -> list[Row]:
    """Corridors that cross borders, the furthest from usual first."""
    return warehouse.rows("""
        SELECT * FROM marts.corridor_summary WHERE is_across_borders
        ORDER BY list_position(['worse', 'better'], collision_verdict) NULLS LAST, worse_km DESC, q NULLS LAST, corridor
    """)


def sections(warehouse: Warehouse, names: list[str]) -> list[Row]:
    """Sections of the named corridors along the road."""
    return warehouse.rows(
        """
        SELECT profile.*, st_aswkb(section.geom) AS wkb
        FROM marts.corridor_profile AS profile
        LEFT JOIN marts.corridor_section AS section USING (corridor, section)
        WHERE list_contains(?, profile.corridor)
        ORDER BY list_position(?, profile.corridor), profile.section
        """,
        names,
        names,
    )


def exemplars(warehouse: Warehouse) -> list[Row]:
    """Places that do well, what differs there, and for which problems they are the most comparable."""
    return warehouse.rows("""
        SELECT exemplar.*, differs.differences, serves.problem_count, serves.problem_names,
               st_aswkb(coalesce(section.geom, area.geom)) AS wkb
        FROM marts.exemplar AS exemplar
        LEFT JOIN (SELECT exemplar, string_agg(sentence, ' ' ORDER BY verdict IS NULL, fact) AS differences
                   FROM marts.exemplar_difference GROUP BY exemplar) AS differs USING (exemplar)
        LEFT JOIN (SELECT near.exemplar, count(*) AS problem_count,
                          string_agg(problem.name, '; ' ORDER BY problem.rank_overall NULLS LAST, problem.problem)
                              FILTER (nth <= 3) AS problem_names
                   FROM (SELECT found.*, row_number() OVER (
                             PARTITION BY found.exemplar ORDER BY ranked.rank_overall NULLS LAST, ranked.problem) AS nth
                         FROM marts.problem_exemplar AS found JOIN marts.problem AS ranked USING (problem)) AS near
                   JOIN marts.problem AS problem USING (problem)
                   GROUP BY near.exemplar) AS serves ON serves.exemplar = exemplar.exemplar
        LEFT JOIN marts.corridor_section AS section
            ON exemplar.kind = 'section'
               AND (section.corridor, section.section) = (exemplar.corridor, exemplar.section)
        LEFT JOIN marts.area AS area
            ON exemplar.kind <> 'section'
               AND (area.area_level, area.area_code) = (exemplar.area_level, exemplar.area_code)
        ORDER BY exemplar.q NULLS LAST, exemplar.exemplar
    """)


def problem_sources(warehouse: Warehouse) -> list[Row]:
    """What problems were made from."""
    return warehouse.rows("SELECT DISTINCT source FROM marts.problem ORDER BY source")


def groups(warehouse: Warehouse) -> list[Row]:
    """Groups of authorities that share problems, those with most at stake first."""
    return warehouse.rows("""
        SELECT acting.*, reason.sentences
        FROM marts.action_group AS acting
        LEFT JOIN (SELECT action_group, list(sentence ORDER BY nth) AS sentences
                   FROM marts.action_group_reason GROUP BY action_group) AS reason USING (action_group)
        ORDER BY acting.shared_gbp DESC NULLS LAST, acting.action_group
    """)


def members(warehouse: Warehouse) -> list[Row]:
    """Every authority, its group or why it is alone, and with whom it shares most."""
    return warehouse.rows("""
        SELECT member.*, acting.authority_names, partner.partner_name, partner.share, partner.shares
        FROM marts.action_group_member AS member
        LEFT JOIN marts.action_group AS acting USING (action_group)
        LEFT JOIN marts.authority_partner AS partner
            ON partner.authority_code = member.authority_code AND partner.rank = 1
        ORDER BY member.authority_name, member.authority_code
    """)
