-- Where a share of a changed area is stated, the shares of all its parts are, and they add up to the whole.
-- severity: fail
select
    change.from_code,
    change.changed_on,
    count(*) as part_count,
    count(change.share) as stated_count,
    sum(change.share) as total_share
from staging.area_change as change
group by all
-- Half a percent is allowed for rounding.
having
    count(change.share) > 0
    and (count(change.share) < count(*) or abs(sum(change.share) - 1) > 0.005)
