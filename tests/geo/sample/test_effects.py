import numpy as np
import pytest
from scipy.stats import chi2

from geo.errors import PlacelineError
from geo.sample import Truth, with_effects
from geo.sample.truth import LEMAN, SURFACES, TAILEND

# So large a shape that every factor is 1.
_NO_SPREAD = 1e9


@pytest.fixture(scope="module")
def neutral(sample_of):
    authorities = {f"authority_rate_ratio.{code}": 1.0 for code in Truth().authority_rate_ratio}
    return sample_of(
        with_effects(Truth(), {**authorities, "link_gamma_shape": _NO_SPREAD, "misrecorded_share": 0.0})
    )


def _excess(made, sample):
    """Return collisions of each authority less those expected if none had an effect, in standard errors."""
    links = sample.csv("truth_links.csv")
    planted = sample.json("truth.json")["planted"]
    years = sum(planted["year_rate_ratio"].values())
    null = years * links.groupby("authority_code").collisions_per_year.sum()
    null /= null.index.map(planted["authority_rate_ratio"])
    counted = made.csv("collisions.csv").groupby("local_authority_highway").size()
    return (counted - null) / np.sqrt(null)


def test_an_effect_set_to_one_is_gone(neutral, sample):
    excess = _excess(neutral, sample)
    assert (excess**2).sum() < chi2.ppf(0.999, len(excess))


def test_an_effect_that_is_planted_is_seen(sample):
    assert _excess(sample, sample)[LEMAN] > 10


def test_the_truth_file_tells_the_truth_that_was_given(neutral):
    planted = neutral.json("truth.json")["planted"]
    assert set(planted["authority_rate_ratio"].values()) == {1.0}
    assert planted["link_gamma_shape"] == _NO_SPREAD


def test_nobody_records_for_the_neighbour_if_told_so(neutral):
    import shapely

    table = neutral.csv("collisions.csv", na_values=["NULL"]).query("location_easting_osgr > 0")
    areas = neutral.areas("authorities.gpkg").set_index("LAD24CD").geometry
    points = shapely.points(table[["location_easting_osgr", "location_northing_osgr"]].to_numpy())
    # A collision is placed a few metres beside its road, and a road may run along the border.
    gaps = shapely.distance(areas[table.local_authority_highway].to_numpy(), points)
    assert gaps.max() < 15


def test_a_slow_authority_can_be_made_as_fast_as_the_others(sample_of):
    made = sample_of(with_effects(Truth(), {f"fix_median_days.{TAILEND}": 11.0}))
    table = made.csv("reports_fixmystreet.csv", parse_dates=["created", "closed"])
    early = table[table.created < "2023-01-01"]
    days = (early.closed - early.created).dt.total_seconds() / 86_400
    medians = days.groupby(early.council).median()
    assert medians["Dogger Tail"] == pytest.approx(medians["Silverpit and Sole"], rel=0.15)


def test_names_reach_every_depth():
    truth = with_effects(
        Truth(),
        {"town_rate_ratio": 1, "year_rate_ratio.2020": 1, f"satisfied_share.{SURFACES}.{TAILEND}": 0.5},
    )
    assert (truth.town_rate_ratio, truth.year_rate_ratio[2020]) == (1.0, 1.0)
    assert truth.satisfied_share[SURFACES][TAILEND] == 0.5
    assert truth.satisfied_share[SURFACES][LEMAN] == Truth().satisfied_share[SURFACES][LEMAN]
    assert with_effects(Truth(), {}) == Truth()


@pytest.mark.parametrize(
    "name", ["authority_rate_ratio", "authority_rate_ratio.E1", "no_such", "", "town_rate_ratio.x"]
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
        ({"satisfied_change_per_year": 0.4}, "out of 0 to 1"),
        ({"fatal_share_town": 0.9}, "add up to more than 1"),
    ],
)
def test_a_size_nothing_can_be_drawn_from_is_refused(effects, said):
    with pytest.raises(PlacelineError, match=said):
        with_effects(Truth(), effects)
