-- Every accepted correction is in the rows that models use, or says why it is not.
-- severity: fail
with used as (
    select source, unnest(string_split(corrected_by, ', ')) as correction_id
    from staging.collision
    where corrected_by is not null
    union all
    select source, unnest(string_split(corrected_by, ', ')) from staging.report where corrected_by is not null
    union all
    select source, unnest(string_split(corrected_by, ', '))
    from staging.satisfaction_score
    where corrected_by is not null
)

select correction.source, correction.correction_id, correction.result, correction.reason
from marts.correction as correction
left join staging.correction as asked
    on correction.source = asked.source and correction.correction_id = asked.correction_id
left join used on asked.about_source = used.source and asked.correction_id = used.correction_id
where
    correction.decision = 'accepted'
    and (correction.result = 'applied') <> (used.correction_id is not null)
    or correction.decision = 'accepted' and correction.result <> 'applied' and correction.reason is null
