"""Pictures of what was found, as SVG: the same bytes for the same figures."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from geo.arrays import Floats
from validation.results import Result, Study

_GOOD, _BAD = "#1f5a99", "#c8641e"
NAMES = {
    "coverage": "validation-coverage.svg",
    "bayes": "validation-empirical-bayes.svg",
    "small areas": "validation-small-areas.svg",
    "schemes": "validation-schemes.svg",
}


def draw_all(study: Study, folder: Path) -> None:
    """Draw every picture of NAMES into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    _coverage(study.results, folder / NAMES["coverage"])
    _bayes(study.points, folder / NAMES["bayes"])
    _small_areas(study.points["fay_herriot"], folder / NAMES["small areas"])
    _schemes(study.points["schemes"], folder / NAMES["schemes"])


def _pyplot() -> Any:
    import matplotlib as mpl

    mpl.use("svg")
    # Text stays text, and ids stay the same from one drawing to the next.
    mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "placeline"})
    import matplotlib.pyplot as plt

    return plt


def _save(plt: Any, figure: Any, file: Path) -> None:
    figure.savefig(file, metadata={"Date": None})
    plt.close(figure)


def _coverage(results: Sequence[Result], file: Path) -> None:
    """Draw how often each interval held the truth, with two standard errors, over its bar."""
    plt = _pyplot()
    lines = [r for r in results if " cover" in r.measure and r.bar is not None]
    figure, axes = plt.subplots(figsize=(10, 0.22 * len(lines) + 1.2), layout="constrained")
    for at, line in enumerate(reversed(lines)):
        low, high = line.bar or (0.0, 1.0)
        axes.barh(at, high - low, left=low, height=0.8, color="#e4e4e4")
        colour = _GOOD if line.verdict == "pass" else _BAD
        axes.errorbar(line.found.value, at, xerr=2 * line.found.error, fmt="o", markersize=3.5, color=colour)
    names = [": ".join([r.estimator, r.where, *r.measure.split(", ")[1:]]) for r in reversed(lines)]
    axes.set_yticks(range(len(names)), names, fontsize=6.5)
    axes.axvline(0.95, color="black", linewidth=0.6)
    axes.set(xlabel="share of 95 % intervals that hold the truth (grey: what is asked for)", xlim=(0.86, 1.0))
    axes.set_ylim(-0.7, len(lines) - 0.3)
    _save(plt, figure, file)


def _bayes(points: dict[str, pd.DataFrame], file: Path) -> None:
    """Draw the error of raw counts and of empirical Bayes by the true count."""
    plt = _pyplot()
    names = [name for name in ("small areas, demo", "sections, demo") if name in points]
    figure, all_axes = plt.subplots(
        1, len(names), figsize=(9, 3.8), layout="constrained", sharey=True, squeeze=False
    )
    for axes, name in zip(all_axes[0], names, strict=True):
        rows = points[name]
        for of, marker, colour in (("count", "o", _BAD), ("estimate", "s", _GOOD)):
            x, y = _error_by(rows[~rows["planted"]], of)
            axes.plot(x, y, marker=marker, color=colour,
                      label={"count": "raw", "estimate": "empirical Bayes"}[of])  # fmt: skip
        axes.set(xscale="log", yscale="log", xlabel="true count of five years", title=name)
        axes.grid(visible=True, which="both", linewidth=0.3)
        axes.xaxis.set_minor_formatter("")
        axes.legend()
    all_axes[0][0].set_ylabel("root of mean squared error, as a share of the truth")
    _save(plt, figure, file)


def _error_by(rows: pd.DataFrame, of: str) -> tuple[Floats, Floats]:
    rows = rows[rows["truth"] > 0.3]  # noqa: PLR2004
    group = pd.qcut(rows["truth"], 12)
    off = ((rows[of] - rows["truth"]) / rows["truth"]) ** 2
    return (
        rows.groupby(group, observed=True)["truth"].median().to_numpy(),
        np.sqrt(off.groupby(group, observed=True).mean().to_numpy()),
    )


def _small_areas(rows: pd.DataFrame, file: Path) -> None:
    """Draw the errors of direct and model-based estimates, and stated against actual error."""
    plt = _pyplot()
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.8), layout="constrained")
    asked = rows[(rows["kind"] == "eblup") & ~rows["planted"]]
    bins = np.linspace(-25, 25, 51)
    for of, colour, label in (("direct", _BAD, "direct"), ("value", _GOOD, "Fay-Herriot")):
        left.hist(asked[of] - asked["truth"], bins=bins, histtype="step", color=colour, label=label)
    left.set(xlabel="estimate less truth, points", ylabel="small areas", title="small areas asked in, demo")
    left.legend()
    # By what was known before: the stated error itself goes up and down with the model of a draw.
    group = pd.qcut(asked["variance"], 12)
    stated = asked.groupby(group, observed=True)["mse"].mean()
    actual = ((asked["value"] - asked["truth"]) ** 2).groupby(group, observed=True).mean()
    right.plot(stated, actual, "o", color=_GOOD)
    most = max(float(stated.max()), float(actual.max())) * 1.05
    right.plot([0, most], [0, most], color="black", linewidth=0.6)
    right.set(xlabel="stated mean squared error", ylabel="actual", title="by sampling variance, in twelfths")
    _save(plt, figure, file)


def _schemes(rows: pd.DataFrame, file: Path) -> None:
    """Draw the effects found of schemes that did nothing, where sections were chosen for many collisions."""
    plt = _pyplot()
    figure, axes = plt.subplots(figsize=(7, 3.6), layout="constrained")
    bins = np.linspace(0.5, 1.6, 56)
    for of, colour, label in (("naive_effectiveness", _BAD, "before against after"),
                              ("effectiveness", _GOOD, "empirical Bayes")):  # fmt: skip
        axes.hist(rows[of], bins=bins, histtype="step", color=colour,
                  label=f"{label}, mean {rows[of].mean():.3f}")  # fmt: skip
    axes.axvline(1, color="black", linewidth=0.6)
    axes.set(
        xlabel="effect found; the truth is 1", ylabel="schemes", title="sections with most collisions, demo"
    )
    axes.legend()
    _save(plt, figure, file)
