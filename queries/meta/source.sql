-- One row per source file: where it is from, under which licence, how old it is, and what became of its rows.
-- key: source, file
select
    -- Source id in the region file. Never null.
    source.source,
    -- Region file it is named in. Never null.
    source.region,
    -- Kind of source: areas, roads, collisions and so on. Never null.
    source.kind,
    -- What it is, for people. Never null.
    source.title,
    -- Who publishes it; null if not stated.
    source.publisher,
    -- Where it comes from; null if not stated.
    source.url,
    -- Path of the file below the data root. Never null.
    file.file,
    -- Licence, or 'not stated'. Never null.
    source.licence,
    -- Attribution the licence asks for; null if none.
    source.attribution,
    -- What may be published of it: rows, aggregates or nothing. Never null.
    source.publish,
    -- SHA-256 of the file's bytes, hexadecimal. Never null.
    file.sha256,
    -- Size of the file in bytes. Never null.
    file.bytes,
    -- Records in the file, counted apart from the parser. Never null.
    file.rows_read,
    -- Records that fit the contract. Never null.
    file.rows_accepted,
    -- Records left out because they do not fit; each is a rejected row of meta.issue. Never null.
    file.rows_quarantined,
    -- Records of other places or kinds that the region file's own filter leaves out. Never null.
    file.rows_left_out,
    -- First day it covers, as declared or found; null where it has no dates.
    file.period_start,
    -- Last day it covers, as declared or found; null where it has no dates.
    file.period_end,
    -- When the file was fetched from its publisher: as stated, or as downloaded; null if neither.
    coalesce(source.fetched_on, case when state.is_download then state.taken_at::date end) as fetched_on,
    -- When it was read, UTC. Never null.
    file.read_at,
    -- True where an older copy stands in for a file that could not be used this night. Never null.
    coalesce(state.is_stale, false) as is_stale,
    -- When the copy that was read was taken, UTC; null where none was kept.
    state.taken_at,
    -- True where its publisher says that it will be revised. Never null.
    coalesce(state.is_provisional, false) as is_provisional
from raw.source as source
inner join raw.source_file as file on source.source = file.source
left join run.source_state as state on source.source = state.source
