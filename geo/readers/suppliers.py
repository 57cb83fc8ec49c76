"""Leave out the names of suppliers who may be people: a contract with a sole trader names a person."""

import duckdb

# Words that a body has in its name and a person has not. 'Services', '& Sons', 'Company' and the like are left out
# on purpose: people trade under such names.
_BODIES = (
    "ltd|limited|plc|llp|inc|llc|gmbh|cic|cio|council|university|college|school|academy|trust|foundation|charity|"
    "association|society|nhs|authority|commission|agency|department|ministry|police|bank"
)
# Registers that hold bodies only, as prefixes of org-id.guide name them. The public procurement registers, which
# hold sole traders too, are not among them.
_REGISTERS = "COH|CHC|SC|NIC|NHS|LAE|LAS|UKPRN|EDU"


def withhold_people(con: duckdb.DuckDBPyConnection, source: str, file: str) -> None:
    """Blank the supplier's name and reference in rows of one file, unless they are plainly an organisation's.

    Plainly: the reference is of a register of companies, charities or public bodies; or each of the names (several may
    be written with commas between them), up to 'trading as', holds a word such as Ltd, plc or Council. Whoever may be a
    person is told of as withheld, and is lost here: nothing behind this door can publish them.
    """
    con.execute(
        """
        UPDATE raw.contract SET
            supplier_kind = CASE WHEN is_body THEN 'organisation' ELSE 'withheld' END,
            supplier_name = CASE WHEN is_body THEN contract.supplier_name END,
            supplier_id = CASE WHEN is_body THEN contract.supplier_id END
        FROM (
            SELECT row,
                coalesce(regexp_matches(supplier_id, $registers), false)
                OR coalesce(list_bool_and(list_transform(
                    string_split(supplier_name, ','),
                    lambda name: regexp_matches(regexp_replace(name, '(?i)\\b(t/a|trading as)\\b.*', ''), $bodies)
                )), false) AS is_body
            FROM raw.contract WHERE source = $source AND file = $file
        ) AS judged
        WHERE contract.source = $source AND contract.file = $file AND contract.row = judged.row
            AND coalesce(contract.supplier_name, contract.supplier_id) IS NOT NULL
        """,
        {
            "source": source,
            "file": file,
            "registers": f"^[A-Z]{{2}}-({_REGISTERS})-",
            "bodies": rf"(?i)\b({_BODIES})\b",
        },
    )
