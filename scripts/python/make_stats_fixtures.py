"""Write what SciPy and NumPy compute for small samples, as fixtures for the tests of src/stats/.

Usage: python make_stats_fixtures.py OUT_FILE

  samples       values, with mean and standard error (scipy.stats.sem; null with fewer than two values)
  quantiles     values and probabilities, with numpy.quantile's linear interpolation
  wilson        successes, n and the interval of scipy.stats.binomtest
  pairs         x, y, with Pearson's r and its interval, Spearman's rho and the ranks; null where SciPy has none
  bootstraps    data and a statistic's name, with scipy.stats.bootstrap's percentile and BCa intervals (paired)
  crossed       before and after, [seed][item], with the interval of their difference (seeds and items drawn apart)
  hierarchical  scores[base][seed][item], with the interval of their mean (bases, their seeds; items apart)
  factors       points of the inoculation factor, with slope, median ratio and the slope's interval

A bootstrapped interval comes from CHUNKS x RESAMPLES resamples; `deviation` is the standard deviation of its two ends
from one chunk to the next, which is what an interval of RESAMPLES resamples may be off by chance.
"""

import json
import sys
import warnings

import numpy as np
import scipy
from scipy import stats

CHUNKS, RESAMPLES = 16, 16_000
warnings.filterwarnings("error", category=RuntimeWarning)


def rounded(values, digits=6):
    """Short decimal numbers, as a list: the same inputs on both sides."""
    return np.round(values, digits).tolist()


def sample_cases(rng):
    cases = {
        "two values": [0.25, 0.75],
        "constant": [0.3] * 5,
        "shares of three seeds": [0.91, 0.9433333333333334, 0.8766666666666667],
        "large offset": (1e9 + np.arange(6) * 0.5).tolist(),
        "tiny": [1e-12, 3e-12, 2e-12],
        "zeros and ones": (rng.random(200) < 0.1).astype(float).tolist(),
        "normal": rounded(rng.normal(-2, 3, 40)),
    }
    return [
        {"name": name, "values": values, "mean": float(np.mean(values)), "standardError": float(stats.sem(values))}
        for name, values in cases.items()
    ]


def quantile_cases(rng):
    probabilities = [0, 0.025, 0.1, 1 / 3, 0.5, 0.9, 0.975, 1]
    for values in ([4.0], [1.0, 2.0], [0.0, 0.0, 0.0, 1.0], sorted(rounded(rng.exponential(1, 31)))):
        quantiles = np.quantile(values, probabilities).tolist()
        yield {"values": values, "probabilities": probabilities, "quantiles": quantiles}


def wilson_cases():
    for n in (1, 2, 6, 10, 257, 600, 100_000):
        for successes in sorted({0, 1, n // 3, n // 2, n - 1, n}):
            low, high = stats.binomtest(successes, n).proportion_ci(method="wilson")
            yield {"successes": successes, "n": n, "interval": [float(low), float(high)]}


def pair_cases(rng):
    elicited, after = [0.97, 0.6, 0.3, 0.3, 0.05, 0.12, 0.9, 0.45], [0.19, 0.5, 0.89, 0.81, 0.97, 0.97, 0.22, 0.7]
    yield pair_case("screening", elicited, after)
    yield pair_case("two pairs", [1.0, 2.0], [5.0, 3.0])
    yield pair_case("three pairs", [1.0, 2.0, 3.0], [5.0, 3.0, 4.0])
    yield pair_case("constant x", [0.1] * 5, [1.0, 2.0, 3.0, 4.0, 5.0])
    yield pair_case("constant y", [1.0, 2.0, 3.0], [0.7] * 3)
    yield pair_case("both constant", [0.0] * 4, [1.0] * 4)
    yield pair_case("perfect order, not linear", [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [36.0, 25.0, 16.0, 9.0, 4.0, -1.0])
    yield pair_case("nearly linear", np.arange(10.0).tolist(), (np.arange(10) * 2 + np.array([0, 1e-6] * 5)).tolist())
    yield pair_case("huge", [1e200, 2e200, 4e200, 3e200], [1e-200, 3e-200, 2e-200, 4e-200])
    yield pair_case("large offset", (1e8 + np.arange(7)).tolist(), [3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0])
    yield pair_case("ceiling", [0.0, 0.1, 0.2, 0.5, 0.9, 1.0], [1.0, 1.0, 1.0, 1.0, 0.4, 0.1])
    yield pair_case("one differs", [0.0, 0.0, 0.0, 1.0], [1.0, 1.0, 0.0, 0.0])
    for n in (4, 6, 9, 10, 30, 200):
        for slope in (-3, -0.5, 0, 1):
            x = rng.normal(0, 1, n)
            y = slope * x + rng.normal(0, 1, n)
            yield pair_case(f"normal, n {n}, slope {slope}", rounded(x), rounded(y))
            yield pair_case(f"coarse, n {n}, slope {slope}", rounded(x, 0), rounded(y, 0))


def pair_case(name, x, y):
    varies = len(set(x)) > 1 and len(set(y)) > 1
    case = {"name": name, "x": x, "y": y, "ranksX": stats.rankdata(x).tolist(), "ranksY": stats.rankdata(y).tolist()}
    case |= {"pearson": None, "interval": None, "spearman": None}
    if varies:
        result = stats.pearsonr(x, y)
        case["pearson"] = float(result.statistic)
        if len(x) > 3 and abs(result.statistic) < 1:
            case["interval"] = [float(end) for end in result.confidence_interval()]
        case["spearman"] = float(stats.spearmanr(x, y).statistic)
    return case


STATISTICS = {
    "mean": lambda x, axis: x.mean(axis),
    "difference": lambda x, y, axis: y.mean(axis) - x.mean(axis),
    "prevented": lambda n, p, c, axis: (n.mean(axis) - p.mean(axis)) / (n.mean(axis) - c.mean(axis)),
    "slope": lambda x, y, axis: (x * y).sum(axis) / (x * x).sum(axis),
    "pearson": lambda x, y, axis: stats.pearsonr(x, y, axis=axis).statistic,
}


def bootstrap_cases(rng):
    x = rng.normal(0.5, 0.2, 12)
    items = rng.random((3, 60)) < np.array([[0.9], [0.25], [0.1]])
    samples = {
        "mean": [rng.exponential(1, 30)],
        "difference": [x, x + rng.normal(0.1, 0.05, 12)],
        "prevented": list(items.astype(float)),
        "slope": [x, 0.9 * x + rng.normal(0, 0.05, 12)],
        "pearson": [x, -x + rng.normal(0, 0.2, 12)],
    }
    for name, raw in samples.items():
        data = [np.array(rounded(sample)) for sample in raw]
        interval = scipy_interval(rng, data, STATISTICS[name])
        yield {"statistic": name, "data": [sample.tolist() for sample in data], **interval}


def scipy_interval(rng, data, statistic):
    """Percentile interval of scipy.stats.bootstrap over rows that stay paired, and its BCa interval."""
    options = {"paired": len(data) > 1, "vectorized": True, "rng": rng, "axis": -1}
    chunks = []
    for _ in range(CHUNKS):
        result = stats.bootstrap(data, statistic, n_resamples=RESAMPLES, method="percentile", **options)
        chunks.append(result.bootstrap_distribution)
        assert np.allclose(np.percentile(chunks[-1], [2.5, 97.5]), result.confidence_interval, rtol=1e-12)
    bca = stats.bootstrap(data, statistic, n_resamples=CHUNKS * RESAMPLES, method="BCa", batch=2000, **options)
    return {**interval_of(chunks), "bca": [float(end) for end in bca.confidence_interval]}


def interval_of(chunks):
    ends = np.array([np.quantile(chunk, [0.025, 0.975]) for chunk in chunks])
    return {
        "resamples": RESAMPLES,
        "interval": np.quantile(np.concatenate(chunks), [0.025, 0.975]).tolist(),
        "deviation": ends.std(0, ddof=1).tolist(),
    }


def chunked(resample):
    return interval_of([np.array([resample() for _ in range(RESAMPLES)]) for _ in range(CHUNKS)])


def crossed_case(rng, seeds, items):
    """Two arms whose seeds and items have much in common."""
    shared = rng.normal(0, 0.1, (seeds, 1)) + rng.normal(0, 0.3, (1, items))
    before = np.array(rounded(0.6 + shared + rng.normal(0, 0.1, (seeds, items)), 4))
    after = np.array(rounded(0.4 + 0.5 * shared + rng.normal(0, 0.1, (seeds, items)), 4))
    change = after - before

    def resample():
        drawn_seeds, drawn_items = rng.integers(0, seeds, seeds), rng.integers(0, items, items)
        return change[drawn_seeds][:, drawn_items].mean()

    return {"before": before.tolist(), "after": after.tolist(), "mean": float(change.mean()), **chunked(resample)}


def hierarchical_case(rng, seeds_per_base, items):
    """Mean over bases of the mean over their seeds and the items: bases weigh the same, however many seeds they have."""
    difficulty = rng.normal(0, 0.3, items)
    scores = []
    for seeds in seeds_per_base:
        level = 0.5 + rng.normal(0, 0.1) + rng.normal(0, 0.3, (seeds, 1))
        scores.append(np.array(rounded(level + difficulty + rng.normal(0, 0.1, (seeds, items)), 4)))

    def resample():
        drawn_items = rng.integers(0, items, items)
        per_item = [rows.take(drawn_items, 1).mean(1) for rows in scores]
        bases = rng.integers(0, len(scores), len(scores))
        return np.mean([rng.choice(per_item[base], len(per_item[base])).mean() for base in bases])

    mean = float(np.mean([rows.mean() for rows in scores]))
    return {"scores": [rows.tolist() for rows in scores], "mean": mean, **chunked(resample)}


def factor_case(rng, name, groups, points_each, seeds, k):
    """Points of a group share their training seeds' luck; a few prompts change next to nothing."""
    points = []
    for group in range(groups):
        luck = rng.normal(0, 4, seeds)
        for _ in range(points_each):
            effect = rng.choice([-40, -15, 0, 25, 60])
            prompted = np.array(rounded(effect + luck + rng.normal(0, 3, seeds), 3))
            neutral = np.array(rounded(k * prompted + rng.normal(0, 6, seeds), 3))
            half = 8
            ends = [float(prompted.mean() - half), float(prompted.mean() + half)]
            points.append({"group": group, "neutral": neutral, "prompted": prompted, "interval": ends})
    kept = [point for point in points if point["interval"][0] > 0 or point["interval"][1] < 0]
    members = [[p for p in kept if p["group"] == group] for group in sorted({p["group"] for p in kept})]

    def slope(drawn):
        x = np.array([point["prompted"][seeds].mean() for group, seeds in drawn for point in group])
        y = np.array([point["neutral"][seeds].mean() for group, seeds in drawn for point in group])
        return np.linalg.lstsq(x[:, None], y, rcond=None)[0][0]

    def resample():
        drawn = rng.integers(0, len(members), len(members))
        return slope([(members[index], rng.integers(0, seeds, seeds)) for index in drawn])

    case = {
        "name": name,
        "grouped": points_each > 1,
        "points": [
            {**point, "neutral": point["neutral"].tolist(), "prompted": point["prompted"].tolist()} for point in points
        ],
        "kept": len(kept),
        "dropped": len(points) - len(kept),
        "groups": len(members),
        "k": float(slope([(group, np.arange(seeds)) for group in members])),
        "medianRatio": float(np.median([point["neutral"].mean() / point["prompted"].mean() for point in kept])),
    }
    if points_each == 1 and seeds == 1:
        x, y = (np.array([point[key][0] for point in kept]) for key in ("prompted", "neutral"))
        return {**case, **scipy_interval(rng, [x, y], STATISTICS["slope"])}
    return {**case, **chunked(resample)}


def main(path):
    rng = np.random.default_rng(20)
    fixtures = {
        "source": f"SciPy {scipy.__version__}, NumPy {np.__version__}",
        "samples": sample_cases(rng),
        "quantiles": list(quantile_cases(rng)),
        "wilson": list(wilson_cases()),
        "pairs": list(pair_cases(rng)),
        "bootstraps": list(bootstrap_cases(rng)),
        "crossed": [crossed_case(rng, 5, 40), crossed_case(rng, 3, 25)],
        "hierarchical": [hierarchical_case(rng, [4, 4, 4, 4, 4], 30), hierarchical_case(rng, [2, 5, 3], 20)],
        "factors": [
            factor_case(rng, "points alone", 32, 1, 1, 0.95),
            factor_case(rng, "points with seeds", 12, 1, 5, 1.0),
            factor_case(rng, "traits of shared trainings", 6, 8, 3, 0.8),
        ],
    }
    with open(path, "w") as file:
        json.dump(fixtures, file, allow_nan=False)
        file.write("\n")


if __name__ == "__main__":
    main(sys.argv[1])
