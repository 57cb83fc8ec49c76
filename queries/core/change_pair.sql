-- One row per change of an area whose boundaries before and after are both known: the two boundaries.
-- key: from_code, changed_on, to_code
with change as (
    select distinct from_code, changed_on, to_code from staging.area_change
),

-- What is in force on the basis date has been so since its last change, and will be until its next.
present as (
    select
        area.area_level, area.area_code, area.geom,
        max(change.changed_on) filter (change.changed_on <= getvariable('basis_on')) as valid_from,
        min(change.changed_on) filter (change.changed_on > getvariable('basis_on')) - 1 as valid_to
    from staging.area as area
    inner join change on area.area_code in (change.from_code, change.to_code)
    group by all
),

boundary as (
    select area_level, area_code, valid_from, valid_to, geom, 1 as choice from staging.area_vintage
    union all
    select area_level, area_code, valid_from, valid_to, geom, 2 from present
)

select
    -- Code of the area before the change. Never null.
    change.from_code,
    -- First day on which the code after is in force. Never null.
    change.changed_on,
    -- Code of the area after the change. Never null.
    change.to_code,
    -- Boundary before, working CRS, metres. Never null.
    former.geom as from_geom,
    -- Boundary after, working CRS, metres. Never null.
    later.geom as to_geom
from change
inner join boundary as former
    on change.from_code = former.area_code
        and change.changed_on > coalesce(former.valid_from, date '0001-01-01')
        and change.changed_on <= coalesce(former.valid_to + 1, date '9999-12-31')
inner join boundary as later
    on change.to_code = later.area_code
        and former.area_level = later.area_level
        and change.changed_on >= coalesce(later.valid_from, date '0001-01-01')
        and change.changed_on <= coalesce(later.valid_to, date '9999-12-31')
qualify row_number() over (
        partition by change.from_code, change.changed_on, change.to_code
        order by
            former.choice, later.choice, former.area_level,
            former.valid_from nulls first, later.valid_from nulls first
    ) = 1
