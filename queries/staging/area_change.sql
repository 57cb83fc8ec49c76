-- One row per change of an area, from the first source that tells of it: a code before and a code after.
-- What one source says of an area and a day is taken whole, so that two sources cannot split it by disagreeing.
-- key: from_code, changed_on, to_code
select
    -- Source id; joins to raw.source. Never null.
    change.source,
    -- Code of the area before the change. Never null.
    change.from_code,
    -- Its name before; null if not said.
    change.from_name,
    -- Code of the area after the change; the same where only its name or border changed. Never null.
    change.to_code,
    -- Its name after; null if not said.
    change.to_name,
    -- First day on which the code after is in force. Never null.
    change.changed_on,
    -- renamed, recoded, merged, split or boundary moved, as said; null if not.
    change.change,
    -- Part of the area before that went to the area after, 0 to 1, as said; null if not.
    change.share,
    -- What the share is a share of: population, households, addresses or area; null if not said.
    change.share_of,
    -- Who says the share; null if not said.
    change.share_by
from raw.area_change as change
qualify change.source = min(change.source) over (partition by change.from_code, change.changed_on)
