-- One row per check of this build: what it claims, and whether it held.
-- key: claim
select
    -- The claim, as a sentence. Never null.
    result.claim,
    -- fail (a release is refused if it does not hold) or warn. Never null.
    result.severity,
    -- Rows that contradict it; zero where it holds.
    result.failures,
    -- True where it holds. Never null.
    result.failures = 0 as passed,
    -- The first contradicting row; null where it holds or where the check reads sources that are not open.
    result.example
from run.check_result as result
