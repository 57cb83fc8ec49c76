-- One row per cell or stretch that some view finds in a hotspot: its outline or line.
-- key: layer, site
with wanted as (
    select distinct layer, site from core.hotspot_site where hotspot is not null
),

cell as (
    select
        layer, site,
        split_part(site, '/', 2)::bigint * getvariable('cell_m') as x,
        split_part(site, '/', 3)::bigint * getvariable('cell_m') as y
    from wanted
    where layer = 'grid'
),

part as (
    select
        place.site, piece.source, piece.link_id, piece.piece, piece.at_from_m, link.geom, link.length_m,
        piece.from_m, piece.length_m as piece_m, piece.at_to_m < piece.at_from_m as is_back,
        least(piece.at_from_m, piece.at_to_m) as low_m, greatest(piece.at_from_m, piece.at_to_m) as high_m,
        greatest((stretch.from_m - low_m) / (high_m - low_m), 0) as from_share,
        least((stretch.to_m - low_m) / (high_m - low_m), 1) as to_share
    from wanted
    inner join core.stretch_place as place on wanted.layer = 'stretch' and wanted.site = place.site
    inner join core.stretch as stretch
        on place.corridor = stretch.corridor and place.section = stretch.section and place.stretch = stretch.stretch
    inner join core.corridor_piece as piece
        on stretch.corridor = piece.corridor
            and stretch.section = piece.section
            and piece.role = 'reference'
            and least(piece.at_from_m, piece.at_to_m) < stretch.to_m - 0.001
            and greatest(piece.at_from_m, piece.at_to_m) > stretch.from_m + 0.001
    inner join core.numbered_link as link on piece.source = link.source and piece.link_id = link.link_id
    inner join raw.source as source on piece.source = source.source
    -- A line is a row: sources that are open as aggregates only are not drawn.
    where source.publish <> 'aggregates'
),

line as (
    select
        site,
        st_collect(
            list(
                case
                    when st_geometrytype(geom) <> 'LINESTRING' then geom
                    when is_back
                        then
                            st_linesubstring(
                                geom, greatest((from_m + (1 - to_share) * piece_m) / length_m, 0),
                                least((from_m + (1 - from_share) * piece_m) / length_m, 1)
                            )
                    else
                        st_linesubstring(
                            geom, greatest((from_m + from_share * piece_m) / length_m, 0),
                            least((from_m + to_share * piece_m) / length_m, 1)
                        )
                end
                order by at_from_m, source, link_id, piece
            )
        ) as geom
    from part
    group by all
),

shape as (
    select
        layer, site,
        st_setcrs(
            st_makeenvelope(x, y, x + getvariable('cell_m'), y + getvariable('cell_m')),
            getvariable('crs')
        ) as geom
    from cell
    union all
    select wanted.layer, wanted.site, line.geom
    from wanted
    left join line on wanted.site = line.site
    where wanted.layer = 'stretch'
)

select
    -- grid (squares of one km) or stretch (of a numbered road). Never null.
    shape.layer,
    -- Code of the cell or stretch. Never null.
    shape.site,
    -- Square or line, working CRS, metres; null where the source of the line may not be drawn.
    shape.geom
from shape
