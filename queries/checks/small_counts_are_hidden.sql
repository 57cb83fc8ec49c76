-- No count below the threshold is shown of a source that may be published in aggregates only.
-- severity: fail
with closed as (
    select list(source) as ids from raw.source where publish = 'aggregates'
),

shown as (
    select 'marts.outcome' as table_name, outcome as what, area_code, period_start, observations as shown_count, source
    from marts.outcome
    union all
    select 'marts.report_category', category, authority_code, period_start, report_count, source
    from marts.report_category
    union all
    select 'marts.report_category', category, authority_code, period_start, followed_count, source
    from marts.report_category
)

select shown.*
from shown
cross join closed
cross join raw.region as region
where
    shown.shown_count between 1 and region.small_count_threshold - 1
    and list_has_any(string_split(shown.source, ','), closed.ids)
