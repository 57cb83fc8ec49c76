-- One row: the release this file belongs to, and the settings it was made with.
-- key: build_id
with closed as (
    select
        count(*) > 0 as is_private,
        'The licence does not allow it, or is not stated, for: ' || string_agg(title, '; ' order by source)
            as private_reason
    from raw.source
    where publish = 'nothing'
)

select
    -- Id of the release; also in every page and file name made with it. Never null.
    build.build_id,
    -- Name of the region. Never null.
    region.region,
    -- Title for people. Never null.
    region.title,
    -- When it was built, UTC. Never null.
    build.built_at,
    -- Whose codes figures are given under: as_was, as_now (on basis_on) or as_will_be. Never null.
    region.basis,
    -- Date whose areas the outcomes are given for. Never null.
    region.basis_on,
    -- Working coordinate system that lengths and areas are measured in. Never null.
    region.crs,
    -- Level whose areas answer for roads. Never null.
    region.authority_level,
    -- How far beyond every area an incident still counts as near, metres.
    region.buffer_m,
    -- How near a border an incident's authority is in doubt, metres.
    region.border_tolerance_m,
    -- How far from a road link an incident may lie and be put on it, metres.
    region.snap_tolerance_m,
    -- Version of the published tables; a column is removed or retyped only when it rises. Never null.
    build.schema_version,
    -- Version of the software. Never null.
    build.placeline_version,
    -- True where a source's licence does not allow publication: keep the whole release in the house.
    closed.is_private,
    -- Which sources make it private; null for a public release.
    closed.private_reason
from raw.region as region
cross join run.build as build
cross join closed
