"""What models of priorities have in common: families of tables, their rows, and columns."""

import pandas as pd

from geo.tables import Column
from queries.columns import OUTCOME
from queries.python_models import Frames

# A new kind of place is added with one SQL file of each family, and nothing here.
CANDIDATES, EVENTS, YEARS, PLACES = "core.candidate_", "core.event_of_", "core.year_of_", "core.place_"


def gathered(frames: Frames, family: str, columns: list[str]) -> pd.DataFrame:
    """Put the tables of a family together, those with rows; nulls of one are numbers or text in another."""
    some = [frames[name][columns] for name in sorted(frames) if name.startswith(family)]
    some = [f for f in some if len(f)] or some[:1]
    if not some:
        return pd.DataFrame(columns=columns)
    kinds = {c: next((f[c].dtype for f in some if f[c].notna().any()), some[0][c].dtype) for c in columns}
    # Integers have no null; a column of which some tables know nothing is of floats, or of objects.
    safe = {c: "float64" if k.kind in "iu" else k for c, k in kinds.items() if k.kind in "iufO"}
    return pd.concat([f.astype(safe) for f in some], ignore_index=True)


def records(frame: pd.DataFrame) -> list[dict[str, object]]:
    """Return the rows of a frame, each by the names of its columns."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


PROBLEM_CODE = Column("problem", "VARCHAR", "Problem, as in marts.problem. Never null.")
PLACE_COLUMNS = (
    Column("kind", "VARCHAR", "Kind of place: section, area or service. Never null."),
    Column("theme", "VARCHAR", "Theme of the register of outcomes. Never null."),
    OUTCOME,
    Column("name", "VARCHAR", "Name for people. Never null."),
    Column("area_level", "VARCHAR", "Level of area_code. Never null."),
    Column("area_code", "VARCHAR", "Code of the area it lies in, or is. Never null."),
    Column("authority_code", "VARCHAR", "Code of the authority that holds it; null where none does."),
    Column("corridor", "VARCHAR", "Corridor; null where it is no section."),
    Column("section", "BIGINT", "Number of the section within the corridor; null likewise."),
)
