-- One row per source of traffic counts, kind of road and result: how count points were put on roads, and why not.
-- key: source, road_kind, matched_as
select
    -- Source id; joins to meta.source. Never null.
    point.source,
    -- Letter of the number of the road (A, B or M), or no number. Never null.
    case when point.road_number is null then 'no number' else point.road_number[1] end as road_kind,
    -- matched, or the reason why not. Never null.
    coalesce(point.unmatched_reason, 'matched') as matched_as,
    -- Count points.
    count(*) as count_point_count,
    -- Median distance from the point to its link, metres; null where they have none.
    median(point.distance_m) as median_distance_m,
    -- Greatest of these distances, metres; null where they have none.
    max(point.distance_m) as greatest_distance_m
from core.count_link as point
group by all
