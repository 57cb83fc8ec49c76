-- One row per level, authority as sources wrote it (code or name), span of time and area that it then stands for.
-- A former code or name stands for its successors until the day it ended, and after it for the area that has it
-- today; where none has, for the last that had it: old codes are written long after their end.
-- key: area_level, recorded_authority, span, area_code
with written as (
    select distinct
        incident.recorded_authority,
        coalesce(source.recorded_level, getvariable('authority_level')) as area_level
    from core.incident as incident
    inner join raw.source as source on incident.source = source.source
    where incident.recorded_authority is not null
),

present as (
    select written.area_level, written.recorded_authority, min(area.area_code) as area_code
    from written
    inner join core.area as area
        on written.area_level = area.area_level
            and (
                written.recorded_authority = area.area_code
                or lower(written.recorded_authority) = lower(area.area_name)
            )
    group by all
),

code as (
    select crosswalk.*, area.area_level, area.area_code is not null as is_here
    from core.area_crosswalk as crosswalk
    left join core.area as area on crosswalk.to_code = area.area_code
    where crosswalk.basis = 'as_now'
),

-- One former code for each text and last day; those that lead to an area of the level go before all others.
former as (
    select
        written.area_level, written.recorded_authority, code.valid_to,
        arg_min(
            code.from_code, (not coalesce(code.area_level = written.area_level, false), code.from_code)
        ) as from_code,
        bool_or(coalesce(code.area_level = written.area_level, false)) as is_here
    from written
    inner join code
        on written.recorded_authority = code.from_code
            or lower(written.recorded_authority) = lower(code.from_name)
    group by all
),

-- A name that an area of the level has today is not given up for the same name somewhere else.
meaning as (
    select former.area_level, former.recorded_authority, former.valid_to, former.from_code
    from former
    left join present
        on former.area_level = present.area_level and former.recorded_authority = present.recorded_authority
    where former.is_here or present.area_code is null
    union all
    select area_level, recorded_authority, null, area_code from present
),

spanned as (
    select
        meaning.*,
        row_number() over of_text as span,
        lag(meaning.valid_to) over of_text + 1 as first_on,
        lead(meaning.from_code) over of_text is null as is_last
    from meaning
    window of_text as (
        partition by meaning.area_level, meaning.recorded_authority order by meaning.valid_to nulls last
    )
),

followed as (
    select
        spanned.*,
        coalesce(code.to_code, spanned.from_code) as area_code,
        coalesce(code.share, 1) as share,
        spanned.valid_to is null or coalesce(code.area_level = spanned.area_level, false) as is_here
    from spanned
    left join code on spanned.from_code = code.from_code and spanned.valid_to = code.valid_to
    -- One code may be an area of two levels (a unitary authority): the row of the level compared is wanted.
    qualify row_number() over (
            partition by spanned.area_level, spanned.recorded_authority, spanned.span, coalesce(code.to_code, '')
            order by coalesce(code.area_level = spanned.area_level, false) desc
        ) = 1
)

select
    -- Level of the authorities that the source records. Never null.
    followed.area_level,
    -- Authority as written. Never null.
    followed.recorded_authority,
    -- Number of the span of time, from 1. Never null.
    followed.span,
    -- First day on which it stands for this; null for ever before.
    followed.first_on,
    -- Last day on which it stands for this; null for ever after.
    case when not followed.is_last then followed.valid_to end as last_on,
    -- Code of the area as it was then. Never null.
    followed.from_code as recorded_as,
    -- Code, on the basis date, of the area or of one that followed it. Never null.
    followed.area_code,
    -- Part of the area as it was then that this area has, 0 to 1. Never null.
    followed.share,
    -- True where the code has ended since. Never null.
    followed.valid_to is not null as is_former,
    -- True where the area is one of this region at this level. Never null.
    followed.is_here,
    -- Areas of this region that it may stand for. Never null.
    count(*) filter (followed.is_here) over (
        partition by followed.area_level, followed.recorded_authority, followed.span
    ) as choice_count
from followed
