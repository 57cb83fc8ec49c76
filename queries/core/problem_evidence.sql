-- One row per problem and piece of evidence that is missing: what would have to be known to be surer of it.
-- key: problem, evidence
with theme as (
    select
        authority.area_code as authority_code, weight.theme,
        count(latest.outcome) as figures, count(latest.outcome) filter (latest.lower is not null) as certain
    from core.area as authority
    cross join (select unnest(['satisfaction', 'responsiveness', 'condition', 'reliability']) as theme) as weight
    left join core.service_latest as latest
        on authority.area_code = latest.area_code and weight.theme = latest.theme and latest.value is not null
    where authority.area_level = getvariable('authority_level') and not authority.is_context
    group by all
),

missing as (
    select problem, 'traffic is not known on enough of it' as evidence
    from core.problem
    where known_share < 0.8
    union all
    select problem, 'no roads were given: held against residents'
    from core.problem
    where place_kind like '% by residents'
    union all
    select problem, 'no value of preventing an event is published'
    from core.problem
    where kind <> 'service' and worth is null
    union all
    select problem, 'too few authorities to say how far it is from them'
    from core.problem
    where kind = 'service' and worth is null
    union all
    select problem, 'few observations'
    from core.problem
    where observed < 10
    union all
    select problem, 'how sure the figure is is not known'
    from core.problem
    where standard_error = 0
    union all
    select problem, 'who answers for its roads is not known'
    from core.problem_party
    where party_code = 'none' and share >= 0.1
    union all
    select
        problem.problem,
        case when theme.figures = 0 then 'no figure of ' || theme.theme else theme.theme || ' without uncertainty' end
    from core.problem as problem
    inner join theme on problem.authority_code = theme.authority_code and problem.theme <> theme.theme
    where theme.certain = 0
)

select
    -- Problem, as in core.problem. Never null.
    problem,
    -- What is missing, in words. Never null.
    evidence
from missing
group by all
