-- No period of fatal and serious collisions holds both adjusted severity and severity as recorded.
-- severity: fail
select outcome, area_level, period_start, period_end, count(distinct method) as methods
from core.estimate
where outcome like 'ksi\_%' escape '\'
group by all
having count(distinct method) > 1
