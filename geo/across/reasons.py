"""What is said of each kind of problem: for each sentence the ways to put it, the first that a row can fill."""

from collections.abc import Mapping, Sequence

_LOSS = (
    (
        "preventing what is above the usual would save {loss_gbp:gbp} a year "
        "({level_of_confidence:percent} interval {loss_lower_gbp:gbp} to {loss_upper_gbp:gbp})."
    ),
    # The lower limit is below nothing.
    (
        "preventing what is above the usual would save {loss_gbp:gbp} a year, at most {loss_upper_gbp:gbp} "
        "with {level_of_confidence:percent} confidence, and it may be nothing."
    ),
)
_RANK = (
    (
        "it is among the ten greatest of its theme with a probability of {top_10:percent}, "
        "among the fifty greatest with {top_50:percent}."
    ),
)
_PRICES = ("pounds are those of {price_year:year}.",)
_ACT = (
    "{acting_names:several} must act together.",
    "{acting_names:name} can act alone.",
)

REASONS: Mapping[str, Sequence[Sequence[str]]] = {
    "section": (
        (
            ("{events:count:collision} in {years:years} on {length_km:one} km of the {road:name}, "
            "where {expected:one} are usual on such a road."),
        ),
        (
            "in the long run {estimate:one} a year are to be expected, {excess:one} more than usual.",
        ),
        _LOSS, _PRICES, _RANK, _ACT,
    ),
    "area": (
        (
            ("{events:count:collision} in {years:years} in {name:name}, "
            "where {expected:one} are usual on such roads."),
        ),
        (
            "in the long run {estimate:one} a year are to be expected, {excess:one} more than usual.",
        ),
        _LOSS, _PRICES, _RANK, _ACT,
    ),
    "service": (
        (
            "{label:name} in {authority_name:name}: {value:one} {value_unit:name}, where {expected:one} is usual.",
        ),
        (
            ("the shortfall is {loss:one} standard deviations between authorities "
            "({level_of_confidence:percent} interval {loss_lower:one} to {loss_upper:one})."),
            "the shortfall is {loss:one} standard deviations between authorities.",
        ),
        _RANK, _ACT,
    ),
    "hotspot": (
        (
            ("{events:count:collision} in {years:count:year} in {cells:count:cell} that touch, "
            "where {expected:one} are usual."),
        ),
        (
            "alone, {seeing_names:names} would find it from own figures, but {blind_names:names} would not.",
            "none of {blind_names:several} would find it from own figures alone.",
            "{blind_names:name} would not find it from own figures alone.",
            "{seeing_names:several} would each find it from own figures alone.",
            "{seeing_names:name} would find it from own figures alone.",
        ),
        _LOSS, _RANK, _ACT,
    ),
    "contrast": (
        (
            ("on {road:name} within {band_km:one} km of the border, the rate in {worse_name:name} is {ratio:one} times "
            "that in {better_name:name} ({level_of_confidence:percent} interval {lower:one} to {upper:one}): "
            "{count:count:collision} against {other_count:whole}."),
        ),
        ("this is a contrast: whether either authority causes it cannot be said ({wording_reason:name}).",),
    ),
    "group": (
        (
            "{authority_names:names} touch and share {problems:count:problem}, worth {shared_gbp:gbp} a year.",
            "{authority_names:names} touch and share {problems:count:problem}.",
        ),
        (
            "together they keep {road_km:whole} km of road and spend {spend_gbp:gbp} a year on it.",
            "together they keep {road_km:whole} km of road.",
        ),
        ("{corridors:count:numbered road runs|numbered roads run} through more than one of them.",),
        (
            ("{contracts_ending:count:contract of theirs ends|contracts of theirs end} by {window_end:year}, "
            "worth {ending_gbp:gbp}."),
            "{contracts_ending:count:contract of theirs ends|contracts of theirs end} by {window_end:year}.",
        ),
    ),
    "exemplar": (
        (
            ("{events:count:collision} in {years:years} where {expected:one} are usual, "
            "and fewer than usual in {better_years:whole} of these years."),
        ),
    ),
    "exemplar_service": (
        (
            ("{label:name} in {authority_name:name}: {value:one} {value_unit:name}, where {expected:one} is usual, and "
            "better than usual in {better_years:whole} of {years:count:such period}."),
        ),
    ),
    # What goes with doing well need not be why, so nothing is said of causes.
    "difference": (
        (
            ("{fact:name} in {authority_name:name}: {value:one} {unit:name}, where {usual_value:one} is the median of "
            "{known_count:count:authority|authorities}."),
            "{fact:name} in {authority_name:name} are {verdict:name}: {value:percent} of {unit:name}.",
        ),
    ),
}  # fmt: skip
