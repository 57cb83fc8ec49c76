-- One row per problem and who answers for the roads of its events, or for the service: the authority, a neighbour on
-- whose border the road runs, or the operator of strategic roads.
-- key: problem, party_code
select
    -- Problem, as in marts.problem. Never null.
    problem,
    -- Code of the authority; 'strategic operator', or 'none' for events on roads that nobody is known to answer for.
    -- Never null.
    party_code,
    -- Name of the authority, or the same in words. Never null.
    party_name,
    -- Events on its roads; null for services, and where so few may not be shown.
    events,
    -- Events on roads along its border that it may answer for as well; null likewise.
    shared_events,
    -- Share of the problem's events that are on its roads, 0 to 1; null where so few may not be shown.
    share,
    -- True where it must act: a tenth of the events, or more than anybody, are on its roads, or a tenth on roads along
    -- its border. Never null.
    must_act
from core.problem_acting
