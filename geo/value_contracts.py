"""The contracts of money and what it bought: spend, contracts let, the names buyers go by, dated schemes."""

from collections.abc import Mapping

from geo.contract import MISSING, Contract, Field

_AREA = ("ons_code", "gss_code", "lad_code")
# In an account -1 is an amount.
_NOT_GIVEN = tuple(m for m in MISSING if m != "-1")

SPEND = Contract(
    "spend",
    "One row per authority, financial year and service line, as accepted from a source: what was spent.",
    (
        Field("area_code", "text", "Code of the authority that spent.", _AREA, required=True),
        Field(
            "financial_year",
            "text",
            "Financial year as published: 2023-24 runs from 1 April 2023 to 31 March 2024.",
            ("year", "period"),
            required=True,
        ),
        Field("service", "text", "Line of the account, in the publisher's words; null if not said."),
        Field(
            "revenue",
            "number",
            "Net current expenditure in the source's own unit; below 0 where income exceeds it; null if not given.",
            ("net_current_expenditure", "net_expenditure", "net_expenditure_gbp"),
            missing=_NOT_GIVEN,
        ),
        Field(
            "capital",
            "number",
            "Capital expenditure in the source's own unit; null if not given.",
            ("capital_expenditure",),
            missing=_NOT_GIVEN,
        ),
        Field(
            "road_km",
            "number",
            "Length of road the publisher sets the spend against, kilometres; null if not said.",
            minimum=0,
        ),
    ),
    key=("area_code", "financial_year", "service"),
    measures=("revenue", "capital"),
)

PROCUREMENT = Contract(
    "contract",
    "One row per contract, buyer and supplier in one release of it, as accepted from a source; a notice of a "
    "contract not yet let has no supplier. Titles and descriptions are not read: they may name people.",
    (
        Field(
            "contract_id",
            "text",
            "Publisher's reference of the contract or notice, unique within its source.",
            ("ocid", "id", "notice_id"),
            required=True,
        ),
        Field(
            "process_id",
            "text",
            "Reference of the procurement that several contracts may come from (OCID); null where not told apart.",
        ),
        Field(
            "release_id",
            "text",
            "Reference of this statement of it: a later one amends it; null where there is but one.",
        ),
        Field("released_on", "date", "Date of the statement; null if not said.", ("published_date", "date")),
        Field("status", "text", "Stage as published (active, awarded, open ...); null if not said."),
        Field("buyer_name", "text", "Who buys, as published.", ("organisation", "buyer"), required=True),
        Field(
            "buyer_id",
            "text",
            "Reference of the buyer, as published; null if not said.",
            ("organisation_id",),
        ),
        Field(
            "supplier_name",
            "text",
            "Who supplies, as published; null where not let, or where it may be a person.",
            ("awarded_supplier", "supplier"),
        ),
        Field(
            "supplier_id",
            "text",
            "Reference of the supplier, as published; null where not said, or where it may be a person.",
        ),
        Field(
            "supplier_kind",
            "text",
            "organisation, or withheld: the name has no sign of an organisation, so may be a person's, and was "
            "not kept. Null where there is no supplier.",
        ),
        Field(
            "value",
            "number",
            "Value of the whole contract, in `currency`, over its whole period; null if not said.",
            ("awarded_value",),
            minimum=0,
        ),
        Field("currency", "text", "Currency of the value (GBP); null if not said."),
        Field(
            "cpv",
            "text",
            "First code of the Common Procurement Vocabulary; null if not said.",
            ("cpv_code", "cpv_codes"),
        ),
        Field("start_on", "date", "First day of the contract; null if not said.", ("start_date",)),
        Field("end_on", "date", "Last day of the contract; null if not said.", ("end_date",)),
        Field(
            "amendment_count",
            "integer",
            "Amendments that this statement lists; null if it lists none.",
            minimum=0,
        ),
    ),
    key=("contract_id", "release_id", "buyer_name", "supplier_name"),
)

BUYER_ALIAS = Contract(
    "buyer_alias",
    "One row per name or reference that an authority buys under, as accepted from a source.",
    (
        Field("buyer_name", "text", "Name as published; null where a reference is given."),
        Field("buyer_id", "text", "Reference as published; null where a name is given."),
        Field("area_code", "text", "Code of the authority it is.", ("authority_code", *_AREA), required=True),
    ),
    key=("buyer_name", "buyer_id"),
)

SCHEME = Contract(
    "scheme",
    "One row per dated change on roads, as accepted from a source: works finished, a limit lowered, a contract changed.",
    (
        Field("scheme_id", "text", "Publisher's reference of the scheme.", ("id",), required=True),
        Field("scheme_name", "text", "Name of the scheme; null if not said.", ("name",)),
        Field("change", "text", "Kind of change, in the publisher's words; null if not said.", ("kind",)),
        Field(
            "works_start_on",
            "date",
            "First day of the works, which belong to neither time; null where there were none.",
        ),
        Field("opened_on", "date", "First day with the change in place.", ("completed_on",), required=True),
        Field(
            "link_ids",
            "text",
            "References of its road links, apart by blanks; null where it is placed otherwise.",
        ),
        Field("corridor", "text", "Corridor it is on (A61/1); null where placed otherwise."),
        Field("section", "integer", "Section of the corridor; null means all of it.", minimum=1),
        Field("road_number", "text", "Number of the road it is on (A61); null where placed otherwise."),
        Field(
            "area_code",
            "text",
            "Area it is in: of its numbered road, or of all roads that the area answers for; null if not said.",
            _AREA,
        ),
        Field(
            "x",
            "number",
            "Easting or longitude of its middle, as read; null where placed otherwise.",
            ("easting", "longitude"),
        ),
        Field(
            "y",
            "number",
            "Northing or latitude of its middle, as read; null where placed otherwise.",
            ("northing", "latitude"),
        ),
        Field(
            "radius_m",
            "number",
            "How far from its middle it reaches, metres; null where placed otherwise.",
            minimum=1,
            maximum=5000,
        ),
    ),
    key=("scheme_id",),
    points=True,
)

VALUE_CONTRACTS: Mapping[str, Contract] = {
    "spend": SPEND,
    "contracts": PROCUREMENT,
    "buyer_aliases": BUYER_ALIAS,
    "schemes": SCHEME,
}
