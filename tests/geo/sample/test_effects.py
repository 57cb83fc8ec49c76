import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2

from geo.errors import PlacelineError
from geo.sample import Truth, with_effects
from geo.sample.doggerland import LEMAN, OUTERWELL, SILVERPIT, TAIL
from geo.sample.truth import CONDITION, SURFACES, by_code

# So large a shape that every factor is 1.
_NO_SPREAD = 1e9


@pytest.fixture(scope="module")
def neutral(sample_of):
    ones = [f"authority_rate_ratio.{code}" for code in Truth().authority_rate_ratio]
    ones += ["corridor_rate_ratio", "hotspot_rate_ratio", "border_rate_ratio"]
    zeros = ["misrecorded_share", "severity_missed_share", "merger_recoded_share"]
    sizes = dict.fromkeys(ones, 1.0) | dict.fromkeys(zeros, 0.0)
    sizes[f"fix_median_days.{TAIL}"] = Truth().fix_median_days[SILVERPIT]
    return sample_of(with_effects(Truth(), {**sizes, "link_gamma_shape": _NO_SPREAD}))


def _collisions(made):
    """Return all collisions, those of the year in old names too."""
    old = made.csv("accidents_2020.csv").rename(columns={"accident_severity": "collision_severity"})
    return pd.concat([made.csv("collisions.csv", na_values=["NULL"]), old])


def _excess(made, sample):
    """Return collisions of each authority less those expected if none had an effect, in standard errors."""
    links = sample.csv("truth_links.csv")
    years = sum(Truth().year_rate_ratio.values())
    null = years * links.groupby("authority_code").collisions_per_year.sum()
    table = _collisions(made)
    now = table.local_authority_highway_current.fillna(table.local_authority_highway)
    counted = now.groupby(now).size().drop(list(Truth().predecessors), errors="ignore")
    return (counted - null) / np.sqrt(null)


def test_an_effect_set_to_one_is_gone(neutral):
    excess = _excess(neutral, neutral)
    assert (excess**2).sum() < chi2.ppf(0.999, len(excess))


def test_an_effect_that_is_planted_is_seen(neutral, sample):
    assert _excess(sample, neutral)[LEMAN] > 6


def test_the_truth_file_tells_the_truth_that_was_given(neutral):
    planted = neutral.json("truth.json")["planted"]
    assert set(planted["authority_rate_ratio"].values()) == {1.0}
    assert planted["link_gamma_shape"] == _NO_SPREAD


def test_nobody_records_for_the_neighbour_if_told_so(neutral):
    import shapely

    table = _collisions(neutral).query("location_easting_osgr > 0")
    areas = neutral.areas("authorities.gpkg").set_index("CTYUA24CD").geometry
    points = shapely.points(table[["location_easting_osgr", "location_northing_osgr"]].to_numpy())
    # A collision is placed a few metres beside its road, and a road may run along the border.
    gaps = shapely.distance(areas[table.local_authority_highway].to_numpy(), points)
    assert gaps.max() < 15


def _median_days(made):
    table = made.csv("reports_fixmystreet.csv", parse_dates=["created", "closed"])
    early = table[table.created < "2023-01-01"]
    days = (early.closed - early.created).dt.total_seconds() / 86_400
    return days.groupby(early.council).median()


def test_a_slow_authority_can_be_made_as_fast_as_the_others(neutral, sample):
    fast, planted = _median_days(neutral), _median_days(sample)
    assert fast["Dogger Tail"] == pytest.approx(fast["Silverpit"], rel=0.15)
    assert planted["Dogger Tail"] > 3 * planted["Silverpit"]


def test_a_merged_authority_can_have_been_one_all_along(neutral):
    changes = neutral.csv("area_changes.csv")
    assert not set(_collisions(neutral).local_authority_highway) & set(changes.from_code)
    assert not set(neutral.csv("reports_fixmystreet.csv").council) & set(changes.from_name)


def test_every_serious_collision_can_be_recorded_as_one(neutral, sample):
    for made, is_complete in ((neutral, True), (sample, False)):
        truth = made.csv("truth_severity.csv")
        assert (truth.serious_count == truth.recorded_serious_count).all() == is_complete


def test_places_planted_with_a_ratio_of_one_are_as_all_others(neutral):
    links = neutral.csv("truth_links.csv")
    for planted in ("corridor_km", "hotspot_km", "border_worse_km"):
        inside = links[links[planted] > 0]
        assert len(inside) > 0, planted
        # The same class of road in the same place, planted or not.
        rate = inside.collisions_per_year.sum() / inside.length_km.sum()
        like = links[links.road_class.isin(inside.road_class) & (links[planted] == 0)]
        assert 0.4 < rate / (like.collisions_per_year.sum() / like.length_km.sum()) < 2.5, planted


def test_names_reach_every_depth():
    truth = with_effects(
        Truth(),
        {
            "town_rate_ratio": 1,
            "year_rate_ratio.2020": 1,
            f"driver_weight.{SURFACES}.{CONDITION}": -0.5,
            f"satisfaction_mismatch.{OUTERWELL}": 0.0,
        },
    )
    assert (truth.town_rate_ratio, truth.year_rate_ratio[2020]) == (1.0, 1.0)
    assert truth.driver_weight[SURFACES] == {**Truth().driver_weight[SURFACES], CONDITION: -0.5}
    assert set(truth.satisfaction_mismatch.values()) == {0.0}
    assert with_effects(Truth(), {}) == Truth()


@pytest.mark.parametrize(
    "name",
    [
        "authority_rate_ratio",
        "authority_rate_ratio.E1",
        "no_such",
        "",
        "town_rate_ratio.x",
        "severity_force",
        "merged_on",
    ],
)
def test_an_unknown_name_is_refused_with_those_there_are(name):
    with pytest.raises(PlacelineError, match=rf"no effect '{name}'.*authority_rate_ratio\.D06000003"):
        with_effects(Truth(), {name: 1.0})


@pytest.mark.parametrize(
    ("effects", "said"),
    [
        ({"town_rate_ratio": -1.0}, "at least 0"),
        ({"town_rate_ratio": float("nan")}, "cannot be nan"),
        ({"link_gamma_shape": 0.0}, "above 0"),
        ({"misrecorded_share": 1.5}, "at most 1"),
        ({"satisfaction_change_per_year": float("inf")}, "cannot be inf: it must be a finite number."),
        ({"corridor_rate_ratio": -0.1}, "at least 0"),
        ({"severity_missed_share": 1.1}, "at most 1"),
        ({"response_share.75+": 0.0}, "above 0 and at most 1"),
        ({"response_ratio_most_deprived": 1.2}, "at most 1"),
        ({"fatal_share_town": 0.9}, "add up to more than 1"),
    ],
)
def test_a_size_nothing_can_be_drawn_from_is_refused(effects, said):
    with pytest.raises(PlacelineError, match=said):
        with_effects(Truth(), effects)


def test_every_planted_effect_has_a_size():
    names = (
        "corridor_rate_ratio", "hotspot_rate_ratio", "hotspot_radius_m", "border_rate_ratio", "border_band_m",
        "severity_missed_share", "merger_recoded_share", "report_ratio_most_deprived", "flow_elasticity",
        f"fix_median_days.{TAIL}", f"satisfaction_mismatch.{OUTERWELL}", "satisfaction_deprivation_weight",
        "satisfaction_by_age.75+", "response_share.16-34",
    )  # fmt: skip
    for name in names:
        assert with_effects(Truth(), {name: 0.5}) != Truth(), name


def test_codes_without_a_size_are_neutral():
    assert by_code({"a": 2.0}, ["b", "a"], 1.0) == [1.0, 2.0]
