-- Every road source gives the numbers of its motorways, A and B roads; without them it has no corridors.
-- severity: warn
select
    source,
    road_class,
    sum(length_m) / 1000 as length_km,
    sum(length_m) filter (where road_number is null) / 1000 as unnumbered_km
from staging.link
where is_carriageway and road_class in ('motorway', 'a', 'b')
group by all
having coalesce(sum(length_m) filter (where road_number is null), 0) > 0.1 * sum(length_m)
