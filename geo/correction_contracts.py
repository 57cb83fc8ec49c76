"""The contract of corrections: what an authority says is wrong, and what a reviewer decided."""

from collections.abc import Mapping

from geo.contract import Contract, Field

# Written in place of a value where nothing is to be changed, only said.
NOTE_ONLY = "note only"
# Without these a row has not been reviewed, and nothing of its file is used.
REVIEW = ("reviewed_by", "reviewed_on", "decision")

CORRECTION = Contract(
    "correction",
    "One row per correction of a published row, as reviewed; no personal data.",
    (
        Field("correction_id", "text", "Reference of the correction, unique in its source.", required=True),
        Field("area_code", "text", "Code of the authority that asks for it.", required=True),
        Field(
            "table_or_source",
            "text",
            "What it is about: a source id of the region file, or a published table (marts.outcome, core.incident).",
            ("table", "concerns"),
            required=True,
        ),
        Field(
            "record_id",
            "text",
            "Which row: the publisher's reference of an incident, 'area/period/indicator' of a score, or what the "
            "column record_id of a preview says.",
            ("record",),
            required=True,
        ),
        Field("field", "text", "Which field of the row.", ("column",), required=True),
        Field("published_value", "text", "What is published now; null if not said, and then not compared."),
        Field(
            "corrected_value",
            "text",
            f"What it should be, or '{NOTE_ONLY}' where nothing is to be changed.",
            required=True,
        ),
        Field("claim", "text", "What is wrong, in a sentence fit for publication.", required=True),
        Field("evidence", "text", "What shows it: a document or record, by reference.", required=True),
        Field("reviewed_by", "text", "Role of who reviewed it, not a name.", required=True),
        Field("reviewed_on", "date", "Day of the review.", required=True),
        Field(
            "decision",
            "code",
            "accepted or rejected.",
            required=True,
            codes={"accepted": "accepted", "rejected": "rejected"},
        ),
    ),
    key=("correction_id",),
)

CORRECTION_CONTRACTS: Mapping[str, Contract] = {"corrections": CORRECTION}

# What may be corrected, by kind of source; staging.correction_record says what the source says of each.
CORRECTABLE: Mapping[str, tuple[str, ...]] = {
    "collisions": (
        "severity",
        "occurred_on",
        "recorded_authority",
        "road_class",
        "road_number",
        "speed_limit_mph",
        "location",
    ),
    "reports": ("category", "recorded_authority", "reported_at", "closed_at", "location"),
    "satisfaction_scores": ("score", "base"),
}
