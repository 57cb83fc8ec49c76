"""Columns that many tables have, described once."""

from geo.tables import Column

OUTCOME = Column("outcome", "VARCHAR", "Outcome; described in marts.outcome_definition. Never null.")
LEVEL = Column("area_level", "VARCHAR", "Area level, as named in the region file. Never null.")
CODE = Column("area_code", "VARCHAR", "Code of the area as published (GSS in Britain). Never null.")
PERIOD = (
    Column("period_start", "DATE", "First day of the period. Never null."),
    Column("period_end", "DATE", "Last day of the period. Never null."),
)
