-- Every count point is put on exactly one link, or has a reason why not.
-- severity: fail
with point as (
    select distinct source, count_point_id, true as is_given from staging.traffic_count
)

select
    source,
    count_point_id,
    any_value(linked.link_id) as link_id,
    any_value(linked.unmatched_reason) as unmatched_reason
from point
full join core.count_link as linked using (source, count_point_id)
group by all
having
    count(linked.candidate_count) <> 1
    or count(point.is_given) = 0
    or any_value(linked.link_id is null) <> any_value(linked.unmatched_reason is not null)
