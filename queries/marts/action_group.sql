-- One row per group of authorities that touch and share problems: what they could do together.
-- key: action_group
select
    -- Group: the lowest code of its members. Never null.
    action_group,
    -- Codes of its members, comma-separated. Never null.
    authority_codes,
    -- Their names, likewise. Never null.
    authority_names,
    -- How many they are, two at least. Never null.
    members,
    -- Problems that two or more have. Never null.
    problems,
    -- The greatest five of these, comma-separated. Never null.
    problem_names,
    -- What members lose to these a year, pounds of the price year; null where none has a price.
    shared_gbp,
    -- Road they answer for, kilometres; null if any member's is not known.
    road_km,
    -- Their spend on roads in the newest year of each, pounds; null likewise.
    spend_gbp,
    -- Numbered roads that run through two or more. Never null.
    corridors,
    -- First day of the window: the basis date. Never null.
    window_start,
    -- Last day of the window. Never null.
    window_end,
    -- Contracts on roads that end in the window. Never null.
    contracts_ending,
    -- Members that have such a contract. Never null.
    ending_members,
    -- Value of those, pounds; null where none is known.
    ending_gbp
from core.group_fact
