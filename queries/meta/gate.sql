-- One row per thing that a gate looked at before this release, the files it refused included.
-- key: gate, source, subject
select
    -- Name of the gate: volume, growth, columns, filled, keys, coordinates, coordinates_lost, codes, totals,
    -- outcomes or outcome_jumps. Never null.
    gate.gate,
    -- Source id; empty where the outcomes of the release are looked at. Never null.
    gate.source,
    -- Column, total or outcome that was looked at; empty where it is the whole. Never null.
    gate.subject,
    -- What was measured, mostly a share of the last good version's; NaN where it cannot be.
    gate.measured,
    -- The limit. Never null.
    gate.allowed,
    -- at least or at most: which side of the limit is allowed. Never null.
    gate.bound,
    -- fail (what does not pass is not used) or warn. Never null.
    gate.severity,
    -- ok, warn or fail; where it fails an older version of the source is used. Never null.
    gate.result
from run.gate as gate
