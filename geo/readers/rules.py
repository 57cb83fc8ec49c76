"""A contract's rules as SQL: how each field is parsed, and what is wrong with a value that does not fit."""

from collections.abc import Mapping

from geo.contract import Field, FieldType
from geo.warehouse import quote

DATE_FORMATS = ["%d/%m/%Y", "%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%d-%b-%Y"]
# As DuckDB writes dates and timestamps as text.
ISO_FORMATS = ["%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f"]
_TIME_FORMATS = ["%H:%M:%S", "%H:%M", "%H%M"]

_WRONG: Mapping[FieldType, str] = {
    "text": "not text",
    "code": "not one of the known codes",
    "integer": "not a whole number",
    "number": "not a number",
    "date": "not a date in the expected format",
    "time": "not a time of day",
    "instant": "not a date and time",
}


def parameters(field: Field, values: Mapping[str, str], date_formats: list[str]) -> dict[str, object]:
    """Return the values that a field's SQL needs, by parameter name."""
    codes = {k.lower(): v for k, v in field.codes.items()}
    given = {k.lower(): codes.get(v.lower(), v) for k, v in values.items()}
    both = codes | given
    named: dict[str, object] = {f"{field.name}_missing": [m.lower() for m in field.missing]}
    if both:
        named |= {f"{field.name}_from": list(both), f"{field.name}_to": list(both.values())}
    if field.type == "date":
        named[f"{field.name}_formats"] = date_formats
    if field.type == "time":
        named[f"{field.name}_formats"] = _TIME_FORMATS
    return named


def given(field: Field) -> str:
    """SQL for the text of a field, null where it was not recorded."""
    text = f"trim({quote(field.name)})"
    return f"CASE WHEN list_contains(${field.name}_missing, lower({text})) THEN NULL ELSE {text} END"


def parsed(field: Field, text: str, *, mapped: bool) -> str:
    """SQL for the typed value of the SQL expression `text`; null where it does not fit.

    `mapped` says whether the region file translates values of this field.
    """
    if field.type == "code":
        return _translated(field, text, "NULL")
    if mapped:
        text = _translated(field, text, text)
    match field.type:
        case "text":
            return text
        case "number":
            number = f"try_cast({text} AS DOUBLE)"
            return f"CASE WHEN isfinite({number}) THEN {number} END"
        case "integer":
            # Casting '2.7' straight to an integer would round it.
            number = f"try_cast({text} AS DOUBLE)"
            return f"CASE WHEN isfinite({number}) AND {number} = floor({number}) THEN {number}::BIGINT END"
        case "date":
            # A two-digit year reads as one of the first century: no date unless date_format says %y.
            moment = f"try_strptime({text}, ${field.name}_formats)"
            return f"CASE WHEN {moment} >= TIMESTAMP '1000-01-01' THEN CAST({moment} AS DATE) END"
        case "time":
            short = f"regexp_full_match({text}, '[0-9]{{1,3}}')"
            padded = f"CASE WHEN {short} THEN lpad({text}, 4, '0') ELSE {text} END"
            return f"CAST(try_strptime({padded}, ${field.name}_formats) AS TIME)"
        case "instant":
            # '03/04/22' casts to 22 April of the year 3: no moment either.
            moment = f"try_cast({text} AS TIMESTAMP)"
            return f"CASE WHEN isfinite({moment}) AND {moment} >= TIMESTAMP '1000-01-01' THEN {moment} END"


def fault(field: Field, text: str, value: str) -> str:
    """SQL for the rule that a value breaks, given its text and its typed value; null where it breaks none."""
    cases = []
    if field.required:
        cases.append(f"WHEN {text} IS NULL THEN 'missing'")
    cases.append(f"WHEN {text} IS NOT NULL AND {value} IS NULL THEN '{_WRONG[field.type]}'")
    if field.minimum is not None:
        cases.append(f"WHEN {value} < {field.minimum} THEN 'below {field.minimum:g}'")
    if field.maximum is not None:
        cases.append(f"WHEN {value} > {field.maximum} THEN 'above {field.maximum:g}'")
    return f"CASE {' '.join(cases)} END"


def _translated(field: Field, text: str, otherwise: str) -> str:
    position = f"list_position(${field.name}_from, lower({text}))"
    return f"CASE WHEN {position} > 0 THEN list_extract(${field.name}_to, {position}) ELSE {otherwise} END"
