-- Rows read equal rows accepted, quarantined and left out, for every file.
-- severity: fail
select
    file.source,
    file.file,
    file.rows_read,
    file.rows_accepted + file.rows_quarantined + file.rows_left_out as rows_accounted_for
from raw.source_file as file
where file.rows_read <> file.rows_accepted + file.rows_quarantined + file.rows_left_out
