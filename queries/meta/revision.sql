-- One row per source whose rows were held against those of its last good version: how many its publisher revised.
-- key: source
select
    -- Source id; joins to meta.source. Never null.
    revision.source,
    -- When the version compared with was taken, UTC. Never null.
    revision.compared_with,
    -- True where that version was provisional. Never null.
    revision.was_provisional,
    -- Rows whose key that version lacks. Never null.
    revision.rows_added,
    -- Rows of that version whose key is gone. Never null.
    revision.rows_removed,
    -- Rows of the same key that hold something else. Never null.
    revision.rows_changed,
    -- Rows that are the same. Never null.
    revision.rows_unchanged
from run.revision as revision
