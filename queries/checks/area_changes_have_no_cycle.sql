-- No area code that was replaced comes back by way of its successors.
-- severity: fail
with recursive replaced as (
    -- A code that goes on beside others (its border moved) is not replaced.
    select from_code, to_code
    from staging.area_change
    qualify not bool_or(from_code = to_code) over (partition by from_code, changed_on)
),

reached as (
    select from_code, to_code from replaced
    union
    select reached.from_code, replaced.to_code
    from reached
    inner join replaced on reached.to_code = replaced.from_code
)

select
    round_trip.from_code as area_code,
    change.changed_on,
    change.to_code,
    change.source
from reached as round_trip
inner join staging.area_change as change on round_trip.from_code = change.from_code
where round_trip.from_code = round_trip.to_code
