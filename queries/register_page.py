"""The outcome register as a page of docs."""

from queries.definitions import OUTCOME_DEFINITION, register

_INTRO = """# Outcomes

Every outcome that is published, theme by theme: what it asks, how it is made, and what would mislead a reader. Made
from the register (`queries/outcomes/`); a test keeps it in step, so do not edit it. The same rows stand in
the warehouse as `marts.outcome_definition`; values are in `marts.outcome`, verdicts in `marts.comparison`.
"""
_SHOWN = {
    "question": "Question",
    "unit": "Unit",
    "direction": "Better is",
    "method": "Method",
    "minimum_observations": "Fewest observations",
    "below_minimum": "On fewer",
    "comparator": "Held against first",
    "citation": "Citation",
    "caveats": "Beware",
}


def register_page() -> str:
    """Return the page: one heading per theme, one section per outcome."""
    names = [c.name for c in OUTCOME_DEFINITION.columns]
    parts, theme = [_INTRO], None
    for row in register():
        said = dict(zip(names, row, strict=True))
        if said["theme"] != theme:
            theme = said["theme"]
            parts.append(f"## {str(theme).capitalize()}\n")
        facts = "\n".join(f"- **{label}**: {said[name]}" for name, label in _SHOWN.items())
        parts.append(f"### {said['label']}\n\n`{said['outcome']}`\n\n{facts}\n")
    return "\n".join(parts)


if __name__ == "__main__":
    print(register_page(), end="")  # noqa: T201
