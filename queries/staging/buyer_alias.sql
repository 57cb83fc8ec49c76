-- One row per source and row of it: a name or reference that an authority buys under.
-- key: source, file, row
select
    -- Source id; joins to raw.source. Never null.
    alias.source,
    -- Path of the file below the data root. Never null.
    alias.file,
    -- Row in the file. Never null.
    alias.row,
    -- Name, plain; null where a reference is given.
    plain_name(alias.buyer_name) as plain_name,
    -- Reference; null where a name is given.
    alias.buyer_id,
    -- Code of the authority it is. Never null.
    alias.area_code
from raw.buyer_alias as alias
