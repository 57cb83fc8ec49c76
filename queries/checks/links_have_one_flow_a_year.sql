-- No place on a link has two flows in one year: the stretches with a flow are no longer than the link.
-- severity: fail
with stretch as (
    select
        source, link_id, year, length_m,
        from_m - lag(to_m) over (partition by source, link_id, year order by piece) as gap_m
    from core.link_traffic
),

known as (
    select source, link_id, year, sum(length_m) as known_m, min(gap_m) as gap_m
    from stretch
    group by all
)

select
    known.source,
    known.link_id,
    known.year,
    known.known_m,
    known.gap_m,
    link.length_m
from known
inner join staging.link as link on known.source = link.source and known.link_id = link.link_id
where known.known_m > link.length_m + 0.001 or known.gap_m < -0.001
