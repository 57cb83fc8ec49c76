"""What is planted in the services' own figures: traffic, travel times, condition and money."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from geo.sample.doggerland import (
    AUROCHS,
    BOTNEY,
    CLEAVER,
    COUNTY,
    LEMAN,
    OUTERWELL,
    SILVERPIT,
    TAIL,
)

_NEUTRAL = (SILVERPIT, LEMAN, BOTNEY, TAIL, AUROCHS, OUTERWELL, CLEAVER, COUNTY)


def _each(**others: float) -> dict[str, float]:
    """Return a ratio of 1 for every authority but those given."""
    return dict.fromkeys(_NEUTRAL, 1.0) | others


@dataclass(frozen=True)
class ServiceTruth:
    """Planted sizes; every ratio is against 1, every share lies between 0 and 1.

    A ratio of 1 is no effect. What a mapping does not name has the ratio 1.
    """

    # Vehicles a day, both directions, on a typical km of each class: the mean over its length.
    vehicles_per_day: Mapping[str, float] = field(
        default_factory=lambda: {
            "Motorway": 80_000.0,
            "Trunk A Road": 25_000.0,
            "A Road": 12_000.0,
            "B Road": 6_000.0,
            "Classified Unnumbered": 2_500.0,
            "Unclassified": 800.0,
            "Not Classified": 150.0,
        }
    )
    # Flow in the middle of the largest town against that far from anybody, on roads of one class.
    traffic_ratio_near_people: float = 3.0
    traffic_year_ratio: Mapping[int, float] = field(
        default_factory=lambda: {2020: 0.79, 2021: 0.9, 2022: 0.97, 2023: 0.99, 2024: 1.0}
    )
    # Spread (sd of the log) between numbered roads, along each, and between links of no number.
    traffic_route_log_sd: float = 0.2
    traffic_along_log_sd: float = 0.3
    traffic_street_log_sd: float = 0.8
    # Spread of the error of one count; it stays until the point is counted again.
    traffic_count_log_sd: float = 0.06
    traffic_counted_share: float = 0.3

    # Spread (sd of the log) of a typical link's travel times, and the ratio to it by road number.
    travel_time_log_sd: float = 0.17
    travel_time_spread_ratio: Mapping[str, float] = field(default_factory=lambda: {"A8002": 2.0})
    # Of that variance, the part that a link's whole day shares.
    travel_time_day_share: float = 0.3
    # Delay at the height of the evening peak, as a part of the free-flow time, by kind of place.
    peak_delay_town: float = 0.75
    peak_delay_country: float = 0.3
    incidents_per_link_year: float = 30.0
    incident_time_ratio: float = 2.2

    # Average speed on local A roads a year later; the publisher's error (sd of the log); and what it told of years
    # before its source of data changed, against the truth.
    speed_year_ratio: float = 0.995
    speed_log_sd: float = 0.005
    speed_break_ratio: float = 1.1

    # Share of road that should be considered for maintenance in 2022-23, and its ratio a year later.
    poor_share: Mapping[str, float] = field(
        default_factory=lambda: {"A": 0.05, "B and C": 0.08, "Unclassified": 0.17}
    )
    poor_ratio: Mapping[str, float] = field(
        default_factory=lambda: _each(**{TAIL: 1.7, BOTNEY: 0.8, COUNTY: 1.2})
    )
    poor_year_ratio: float = 1.03

    # Spend a year for each km of road kept good, in pounds of one price; a year's ratio is inflation.
    pounds_per_good_km: float = 16_500.0
    spend_year_ratio: Mapping[int, float] = field(
        default_factory=lambda: {2020: 0.94, 2021: 0.97, 2022: 1.0, 2023: 1.06, 2024: 1.1}
    )
    # Good km for a pound against the other authorities.
    outcome_per_pound_ratio: Mapping[str, float] = field(default_factory=lambda: _each(**{OUTERWELL: 1.5}))
    spend_log_sd: float = 0.08
    # Of contracts: let to the firm that most councils use for such work, ending within a year, and with
    # the buyer's name in another spelling.
    contract_common_supplier_share: float = 0.6
    contract_ending_share: float = 0.3
    contract_alias_share: float = 0.25
    # Collisions on the roads of a scheme that works, against those without it; works, opening, and the day of a
    # change of contract that changes nothing.
    scheme_rate_ratio: float = 0.5
    scheme_works_on: date = date(2022, 10, 1)
    scheme_opened_on: date = date(2023, 1, 1)
    contract_changed_on: date = date(2024, 7, 1)
