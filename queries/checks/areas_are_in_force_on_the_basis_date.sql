-- Every area of the region has a code that is in force on the basis date, as far as changes are told.
-- severity: warn
with ended as (
    select from_code as area_code, max(changed_on) as ended_on
    from staging.area_change
    where changed_on <= getvariable('basis_on')
    group by all
)

select
    area.area_level,
    area.area_code,
    ended.ended_on
from staging.area as area
inner join ended on area.area_code = ended.area_code
anti join staging.area_change as still
    on ended.area_code = still.to_code and ended.ended_on <= still.changed_on
where not area.is_context
union all
select
    area.area_level,
    area.area_code,
    min(change.changed_on)
from staging.area as area
inner join staging.area_change as change on area.area_code = change.to_code
anti join staging.area_change as before on area.area_code = before.from_code
where not area.is_context
group by all
having min(change.changed_on) > getvariable('basis_on')
