-- One row per section of a corridor: a stretch of about one to three kilometres, cut where the authority changes.
-- key: corridor, section
with reference as (
    select
        corridor,
        section,
        any_value(area_code) as area_code,
        min(least(at_from_m, at_to_m)) as from_m,
        max(greatest(at_from_m, at_to_m)) as to_m,
        sum(length_m) as length_m
    from core.corridor_piece
    where role = 'reference'
    group by all
)

select
    -- Corridor: road number and part (A61/1). Never null.
    piece.corridor,
    -- Number of the section within the corridor, from 1, in the order of the measure. Never null.
    piece.section,
    -- Road number with its letter (A61). Never null.
    any_value(piece.road) as road,
    -- 1 for the longest way through the corridor, then its spurs and loops. Never null.
    any_value(piece.strand) as strand,
    -- Authority the section lies in; null outside all.
    any_value(reference.area_code) as area_code,
    -- Authorities that hold any of its carriageways, slip roads or roundabouts, comma-separated; null for none.
    string_agg(distinct piece.area_code, ',' order by piece.area_code) as area_codes,
    -- Where it begins, metres along the corridor. Never null.
    any_value(reference.from_m) as from_m,
    -- Where it ends, metres along the corridor. Never null.
    any_value(reference.to_m) as to_m,
    -- Length, metres: dual carriageways once, without slip roads, roundabouts and gaps. Never null.
    any_value(reference.length_m) as length_m,
    -- Length of all its carriageways, slip roads and roundabouts, metres. Never null.
    sum(piece.length_m) as carriageway_m,
    -- Source ids of its links, comma-separated. Never null.
    string_agg(distinct piece.source, ',' order by piece.source) as source
from core.corridor_piece as piece
inner join reference on piece.corridor = reference.corridor and piece.section = reference.section
group by piece.corridor, piece.section
