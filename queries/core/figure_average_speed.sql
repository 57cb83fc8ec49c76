-- One row per average speed or delay published for an area and year.
-- key: outcome, area_level, area_code, period_start, period_end
with figure as (
    select source, area_code, year, series, 'average_speed_a_roads' as outcome, average_speed_mph as amount
    from staging.average_speed
    where road_name = 'all'
    union all
    select source, area_code, year, series, 'average_delay_a_roads', average_delay_spvpm
    from staging.average_speed
    where road_name = 'all'
)

select
    -- Outcome; described in marts.outcome_definition. Never null.
    figure.outcome,
    -- Area level, as named in the region file. Never null.
    area.area_level,
    -- Code of the area as published (GSS in Britain). Never null.
    area.area_code,
    -- First day of the year. Never null.
    make_date(figure.year, 1, 1) as period_start,
    -- Last day of the year. Never null.
    make_date(figure.year, 12, 31) as period_end,
    -- Figure as published; null where none is given.
    figure.amount as value,
    -- Not published: null.
    null::double as lower,
    -- Not published: null.
    null::double as upper,
    -- Not published: null.
    null::double as standard_error,
    -- Not published: null.
    null::bigint as observations,
    -- Not published: null.
    null::double as exposure,
    -- Not published: null.
    null::varchar as exposure_unit,
    -- Figure as published; null where none is given.
    figure.amount as raw_value,
    -- Why there is no interval. Never null.
    case when figure.amount is null then 'none: figure is missing' else 'unknown' end as uncertainty_kind,
    -- How the figure was made. Never null.
    'published figure' as method,
    -- Source id. Never null.
    figure.source,
    -- How areas are compared. Never null.
    'score' as scale,
    -- Series it belongs to; null where there are no breaks.
    figure.series,
    -- Not withheld by the publisher: false.
    false as is_suppressed
from figure
inner join core.area as area on figure.area_code = area.area_code and not area.is_context
-- Of sources that say the same, the first by name that gives a figure.
qualify row_number() over (
        partition by figure.outcome, area.area_level, area.area_code, figure.year
        order by figure.amount is null, figure.source
    ) = 1
    -- A source that gives no delays at all has nothing to say there, rather than rows of nulls.
    and bool_or(figure.amount is not null) over (partition by figure.outcome, figure.source)
