-- The shares of all areas that followed a former code add up to the whole of it.
-- severity: fail
select
    crosswalk.basis,
    crosswalk.from_code,
    crosswalk.valid_to,
    sum(crosswalk.share) as total_share
from core.area_crosswalk as crosswalk
group by all
having abs(sum(crosswalk.share) - 1) > 1e-9
