-- One row per citizen report: how long it took to fix, or for how long it is known to have been open.
-- A report is followed to the end of the time its source speaks for: what was fixed later counts as open until then.
-- key: source, report_id
with spoken_for as (
    select
        source,
        case when bool_and(period_start is not null) then min(period_start) end as first_on,
        case when bool_and(period_end is not null) then (max(period_end) + 1)::timestamp end as ends_at
    from raw.source_file
    group by source
),

timed as (
    select
        report.source, report.report_id, report.reported_at, report.category,
        report.closed_at < spoken_for.ends_at as is_fixed,
        epoch(spoken_for.ends_at - report.reported_at) / 86400 as followed_days,
        epoch(least(report.closed_at, spoken_for.ends_at) - report.reported_at) / 86400 as wait_days,
        case
            when report.reported_at is null then 'no date of report'
            when spoken_for.ends_at is null then 'its source says no period'
            when
                report.reported_at >= spoken_for.ends_at or report.reported_at < spoken_for.first_on
                then 'made outside the period its source speaks for'
            when report.status = 'closed' and report.closed_at is null then 'closed, without a date'
            when report.status = 'open' and report.closed_at is not null then 'open, with a date of closing'
            when report.closed_at < report.reported_at then 'closed before it was made'
        end as unusable_reason
    from staging.report as report
    left join spoken_for on report.source = spoken_for.source
)

select
    -- Source id; joins to raw.source. Never null.
    timed.source,
    -- Publisher's reference. Never null.
    timed.report_id,
    -- When it was reported; null if not said.
    timed.reported_at,
    -- What it is about, in the publisher's words; null if not said.
    nullif(trim(timed.category), '') as category,
    -- Days from report to fix, or to the end of what its source speaks for; null where unusable_reason says why.
    case when timed.unusable_reason is null then timed.wait_days end as wait_days,
    -- Days from report to the end of what its source speaks for; null where unusable_reason says why.
    case when timed.unusable_reason is null then timed.followed_days end as followed_days,
    -- True where it was fixed by then; null where unusable_reason says why.
    case when timed.unusable_reason is null then coalesce(timed.is_fixed, false) end as is_fixed,
    -- Why its time cannot be told; null where it can.
    timed.unusable_reason
from timed
