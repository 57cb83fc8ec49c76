-- Every link with travel times is a road link, or one whose length is told.
-- severity: warn
select link.source, link.link_id
from core.travel_link as link
where link.length_m is null
