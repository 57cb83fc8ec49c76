"""What is held against each source and each release before it goes out, and what the region file may say of it."""

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

GateName = Literal[
    "volume",
    "growth",
    "columns",
    "filled",
    "keys",
    "coordinates",
    "coordinates_lost",
    "codes",
    "totals",
    "outcomes",
    "outcome_jumps",
]


class GateRule(BaseModel):
    """How far a gate lets things go, and whether beyond that it refuses (fail) or is only listed (warn)."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    limit: float | None = Field(default=None, ge=0)
    severity: Literal["fail", "warn"] | None = None


Rules = Mapping[GateName, GateRule]

# Shares of what the last good version had, unless said otherwise; docs of each are in geo/gates.py.
DEFAULTS: Rules = {
    "volume": GateRule(limit=0.5, severity="fail"),
    "growth": GateRule(limit=3, severity="warn"),
    "columns": GateRule(limit=0, severity="fail"),
    "filled": GateRule(limit=0.5, severity="warn"),
    "keys": GateRule(limit=0.01, severity="fail"),
    "coordinates": GateRule(limit=0.5, severity="fail"),
    "coordinates_lost": GateRule(limit=0.1, severity="fail"),
    "codes": GateRule(limit=0.9, severity="fail"),
    "totals": GateRule(limit=0.01, severity="fail"),
    "outcomes": GateRule(limit=0.5, severity="fail"),
    "outcome_jumps": GateRule(limit=0.25, severity="fail"),
}


def settled(*given: Rules) -> dict[GateName, GateRule]:
    """Return every rule; what is said later stands before what is said earlier, and both before the defaults."""
    rules = dict(DEFAULTS)
    for more in given:
        for name, rule in more.items():
            rules[name] = rules[name].model_copy(update=rule.model_dump(exclude_none=True))
    return rules
