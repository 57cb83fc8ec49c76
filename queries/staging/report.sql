-- One row per citizen report.
-- key: source, report_id
select
    -- Source id; joins to raw.source. Never null.
    report.source,
    -- Publisher's reference of the report. Never null.
    report.report_id,
    -- When it was reported; null if not said.
    report.reported_at,
    -- When it was fixed or closed; null if still open or not said. Open311 has no such field: there, the last
    -- change of a closed request is its closing (GeoReport v2).
    coalesce(report.closed_at, case when report.status = 'closed' then report.updated_at end) as closed_at,
    -- open or closed; null if not said.
    report.status,
    -- What it is about, in the publisher's words; null if not said.
    report.category,
    -- Authority the source says it was sent to, as written; null if not said.
    report.recorded_authority,
    -- The point, working CRS, metres; null where the file gave no usable coordinates.
    report.geom
from raw.report as report
