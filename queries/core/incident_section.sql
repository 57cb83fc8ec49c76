-- One row per collision or report on a numbered road: its place along the corridor.
-- key: incident_kind, source, incident_id
with placed as (
    select
        on_link.incident_kind, on_link.source, on_link.incident_id, on_link.link_source, on_link.link_id,
        -- A link of several lines has no one measure; its incidents go to its middle.
        coalesce(on_link.chainage_m, link.length_m / 2) as along_m
    from core.incident_link as on_link
    inner join core.numbered_link as link
        on on_link.link_source = link.source and on_link.link_id = link.link_id
)

select
    -- collision or report. Never null.
    placed.incident_kind,
    -- Source id of the incident. Never null.
    placed.source,
    -- Publisher's reference of the incident. Never null.
    placed.incident_id,
    -- Corridor: road number and part (A61/1). Never null.
    piece.corridor,
    -- Section of the corridor. Never null.
    piece.section,
    -- reference, beside (the other carriageway), stub, slip road or roundabout. Never null.
    piece.role,
    -- Place along the corridor, metres. Never null.
    piece.at_from_m + (piece.at_to_m - piece.at_from_m)
    * least(greatest((placed.along_m - piece.from_m) / piece.length_m, 0), 1) as at_m
from placed
inner join core.corridor_piece as piece
    on placed.link_source = piece.source
        and placed.link_id = piece.link_id
        and placed.along_m >= piece.from_m - 0.001
        and placed.along_m <= piece.to_m + 0.001
qualify row_number() over (
        partition by placed.incident_kind, placed.source, placed.incident_id order by piece.piece
    ) = 1
