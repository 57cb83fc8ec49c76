-- One row per link and moment: how long vehicles took.
-- key: source, link_id, observed_at
with timed as (
    select *, timezone('Europe/London', timezone('UTC', observed_at)) as local_at from raw.travel_time
)

select
    -- Source id; joins to raw.source. Never null.
    timed.source,
    -- Publisher's reference of the link. Never null.
    timed.link_id,
    -- When it was observed, UTC. Never null.
    timed.observed_at,
    -- The same on the clock of London. Never null.
    timed.local_at,
    -- Series it belongs to, by the breaks of its source; null where that has none.
    series_of(source.breaks, timed.local_at::date, timed.local_at::date) as series,
    -- Travel time along the link, seconds. Never null.
    timed.travel_time_s,
    -- Vehicles the time is of; null if not said.
    timed.vehicles
from timed
inner join raw.source as source on timed.source = source.source
