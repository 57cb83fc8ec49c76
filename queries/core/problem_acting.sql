-- One row per problem and who answers for the roads of its events, or for the service: the authority, a neighbour on
-- whose border the road runs, or the operator of strategic roads.
-- key: problem, party_code
with shown as (
    -- Shares of few events tell how many they are.
    select
        party.*,
        party.events < getvariable('small_count_threshold')
        and exists (from raw.source where kind = 'collisions' and publish = 'aggregates') as is_hidden
    from core.problem_party as party
)

select
    -- Problem, as in marts.problem. Never null.
    shown.problem,
    -- Code of the authority; 'strategic operator', or 'none' for events on roads that nobody is known to answer for.
    -- Never null.
    shown.party_code,
    -- Name of the authority, or the same in words. Never null.
    case shown.party_code
        when 'strategic operator' then 'the strategic road operator'
        when 'none' then 'nobody known'
        else coalesce(area.area_name, shown.party_code)
    end as party_name,
    -- Events on its roads; null for services, and where so few may not be shown.
    case when not coalesce(shown.is_hidden, false) then shown.events end as events,
    -- Events on roads along its border that it may answer for as well; null likewise.
    case when not coalesce(shown.is_hidden, false) then shown.shared_events end as shared_events,
    -- Share of the problem's events that are on its roads, 0 to 1; null where so few may not be shown.
    case when not coalesce(shown.is_hidden, false) then shown.share end as share,
    -- True where it must act: a tenth of the events, or more than anybody, are on its roads, or a tenth on roads
    -- along its border. Never null.
    shown.must_act
from shown
left join core.area as area
    on area.area_level = getvariable('authority_level') and shown.party_code = area.area_code
