-- One row per change of an area: a code before, a code after, and which part of the one went to the other.
-- A share that no source gives is that of the residents of the land that went there, where the boundaries before and
-- after are known; else of the parts' residents where an area was split; else of the land; else an equal part, and an
-- area whose border moved is kept whole under its own code.
-- key: from_code, changed_on, to_code
with counted as (
    select
        change.*,
        fact.population,
        count(*) over of_area as part_count,
        count(*) over (partition by change.to_code, change.changed_on) as origin_count,
        bool_or(change.to_code = change.from_code) over of_area as is_kept,
        bool_and(change.share is not null) over of_area as is_said,
        overlap.shared_km2, overlap.residents, overlap.residents_error,
        sum(overlap.shared_km2) over of_area as land_of_all,
        count(overlap.shared_km2) over of_area = count(*) over of_area as is_drawn,
        count(overlap.residents) over of_area = count(*) over of_area as is_peopled,
        sum(overlap.residents) over of_area as people_of_all
    from staging.area_change as change
    left join staging.area_fact as fact on change.to_code = fact.area_code
    left join core.change_overlap as overlap using (from_code, changed_on, to_code)
    window of_area as (partition by change.from_code, change.changed_on)
),

named as (
    select
        counted.*,
        coalesce(
            counted.change,
            case
                when counted.part_count > 1 and counted.is_kept then 'boundary moved'
                when counted.part_count > 1 then 'split'
                when counted.origin_count > 1 then 'merged'
                when counted.from_code <> counted.to_code then 'recoded'
                when counted.from_name is distinct from counted.to_name then 'renamed'
                else 'boundary moved'
            end
        ) as kind
    from counted
),

weighed as (
    select
        named.*,
        case
            when named.part_count = 1 then 'exact'
            when named.is_said
                then concat_ws(', said by ', 'weighted by ' || coalesce(named.share_of, 'share'), named.share_by)
            when named.is_peopled and named.people_of_all > 0 then 'weighted by residents of small areas'
            when
                not named.is_kept
                and bool_and(coalesce(named.population, 0) > 0) over (partition by named.from_code, named.changed_on)
                then 'weighted by residents of the parts'
            when named.is_drawn and named.land_of_all > 0 then 'weighted by land'
            when named.is_kept then 'kept whole, no share is stated'
            else 'equal parts, no share is stated'
        end as method
    from named
),

-- A row for each part, with the weight it has among the parts.
part as (
    select
        weighed.*,
        case
            when weighed.method = 'exact' then 1
            when weighed.is_said then weighed.share
            when weighed.method = 'weighted by residents of small areas' then weighed.residents
            when weighed.method = 'weighted by residents of the parts' then weighed.population
            when weighed.method = 'weighted by land' then weighed.shared_km2
            when weighed.is_kept then (weighed.to_code = weighed.from_code)::integer
            else 1
        end::double as weight
    from weighed
)

select
    -- Source id of the change; joins to raw.source. Never null.
    part.source,
    -- Code of the area before the change. Never null.
    part.from_code,
    -- Its name before; null if not said.
    part.from_name,
    -- First day on which the code after is in force. Never null.
    part.changed_on,
    -- Code of the area after the change. Never null.
    part.to_code,
    -- Its name after; null if not said.
    part.to_name,
    -- renamed, recoded, merged, split or boundary moved, as said or else as the codes show. Never null.
    part.kind,
    -- Part of the area before that went to the area after, 0 to 1; parts add up to 1. Never null.
    part.weight / sum(part.weight) over (partition by part.from_code, part.changed_on) as share,
    -- exact, or how the share was come by. Never null.
    part.method,
    -- Standard error of the share itself: of not knowing on which side of a border the people of small areas that it
    -- cuts live, or by land all people; zero where exact; null where who states the share does not say.
    case
        when part.method = 'exact' then 0
        when part.method = 'weighted by residents of small areas' then part.residents_error / part.people_of_all
        when part.method = 'weighted by land'
            then sqrt(part.shared_km2 * (part.land_of_all - part.shared_km2)) / part.land_of_all
    end as share_doubt,
    -- True where the share rests on a source, on residents or on land; false where it is a stopgap. Never null.
    part.method not like '%no share is stated' as is_share_known
from part
