-- One row per authority: the group that it should act with, or why it is alone.
-- key: authority_code
select
    -- Group: the lowest code of its members. Never null.
    action_group,
    -- Code of the authority as published. Never null.
    authority_code,
    -- Name of it, for people. Never null.
    authority_name,
    -- Authorities of the group: 1 for one alone. Never null.
    members,
    -- What it loses to problems. Shares of themes' loss x the themes' weights (marts.priority_weight). Never null.
    loss,
    -- Why it is alone; null in groups.
    reason
from core.group_member
