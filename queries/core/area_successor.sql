-- One row per area of the basis date that is to change, and code that is to follow it after every change announced.
-- key: area_code, to_code
select
    -- Code of the area on the basis date. Never null.
    crosswalk.from_code as area_code,
    -- Code that is to follow it. Never null.
    crosswalk.to_code,
    -- Part of the area that the following one is to have, 0 to 1; adds up to 1 over an area. Never null.
    crosswalk.share
from core.area_crosswalk as crosswalk
where crosswalk.basis = 'as_will_be' and crosswalk.valid_to >= getvariable('basis_on')
-- Its first change from now on; the crosswalk has followed that one to the end.
qualify crosswalk.valid_to = min(crosswalk.valid_to) over (partition by crosswalk.from_code)
