-- Spend on roads is 5 to 3,000 pounds a resident in the middle authority, and nowhere more.
-- severity: fail
-- Bounds less than a thousand times apart: pounds taken for thousands, or thousands for pounds, fall outside.
with each as (
    select source, area_code, period_start, spend_gbp / population as per_person
    from core.spend
    where population > 0 and spend_gbp is not null
),

judged as (
    select *, median(per_person) over (partition by source, period_start) as middle from each
)

select
    source, area_code, period_start, round(per_person, 2) as pounds_per_person, round(middle, 2) as middle_authority,
    'say in the region file which unit the file counts in (unit = pounds or thousands of pounds), and leave out with '
    'where what is no spend on roads' as what_to_do
from judged
where middle not between 5 and 3000 or per_person > 3000
order by source, period_start, area_code
