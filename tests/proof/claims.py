"""Claims: figures that are to hold over seeds. A new claim is a function that yields them, named in CLAIMS."""

from collections.abc import Callable, Iterator, Mapping

from playground.concept import load
from tests.bench import attention as transformer
from tests.bench import gan as game
from tests.bench import gridworld as worlds
from tests.bench import latent, maths
from tests.bench import vae as autoencoder
from tests.bench.figures import Figure
from tests.mazes import SIZES, random_world

SEEDS = range(10)


FAILURES = {  # preset: what shows it, its bound, its bound once cured
    "too_short": ("floors", 1.3, 1.3),
    "too_few": ("floors", 2, 1.3),
    "unfinished": ("floors", 5, 2),
    "too_fast": ("floors", 2.5, 1.3),
    "plain_eps": ("floors", 4, 1.3),
    "memorised": ("nearest", 0.5, 0.85),
}


def diffusion() -> Iterator[Figure]:
    """The defaults with only data, objective and seed given, in CPU seconds of the run on one thread; then each failure and its cure."""
    yield from maths.measure(SEEDS)
    concept = load("diffusion")
    for name, (metric, fails, cured) in FAILURES.items():
        wrong, right = (
            concept.params(**fields).to_query() for fields in (concept.presets[name], concept.presets[name] | concept.cures[name])
        )
        low = metric == "nearest"  # here small is what is wrong
        told = "sw2" if metric == "floors" else metric
        unit = metric if metric == "floors" else ""
        yield Figure(f"{name}: {told}", fails, unit, maths.end(wrong, SEEDS, metric), at_least=not low)
        yield Figure(f"{name}, cured: {told}", cured, unit, maths.end(right, SEEDS, metric), at_least=low)


def latent_diffusion() -> Iterator[Figure]:
    """The defaults with only the seed given; seconds are those of the trainings alone."""
    yield from latent.measure(SEEDS)


def failures(slug: str, shown: Mapping[str, tuple[str, bool, float, float]], end: Callable[..., tuple[float, ...]]) -> Iterator[Figure]:
    """Of each preset: the metric that shows what is wrong, whether it is too small then, its bound, and its bound once cured."""
    concept = load(slug)
    for name, (metric, small, fails, cured) in shown.items():
        fields = {field: value for field, value in concept.presets[name].items() if field != "seed"}
        wrong, right = (concept.params(**each).to_query() for each in (fields, fields | concept.cures[name]))
        yield Figure(f"{name}: {metric}", fails, "", end(wrong, SEEDS, metric), at_least=not small)
        yield Figure(f"{name}, cured: {metric}", cured, "", end(right, SEEDS, metric), at_least=small)


GAN_FAILURES = {  # preset: what shows it, whether it is too small, its bound, its bound once cured
    "modes_lost": ("modes", True, 6, 8),
    "vanishing": ("grad_norm", True, 0.01, 1),
    "oscillation": ("travel", False, 8, 5),
    "gan_lab": ("js", False, 0.5, 0.5),
}


def gan() -> Iterator[Figure]:
    """The defaults with only data and seed given; then each failure and its cure."""
    yield from game.measure(SEEDS)
    yield from failures("gan", GAN_FAILURES, game.end)


def attention() -> Iterator[Figure]:
    """The defaults and the larger preset with only the seed given; seconds are those of the run so far."""
    yield from transformer.measure(SEEDS)


WORLDS = ("default", "room", "cliff", "windy", "frozenlake4", "frozenlake8", "bridge", "two_rooms", "trap")
LONGER = {("cliff", "double_q"): {"epsilon": 1.0}}  # two tables of half the updates each: at the cliff's own ε of 0.1 it needs longer
GRID_FAILURES = {  # preset: what shows it, its bound, its bound once cured, whether it is too much that is wrong
    "trap": ("steps", 240, 6, True),
    "stuck": ("gained", 0.5, 0.999, False),
}


def gridworld() -> Iterator[Figure]:
    """Ten agents in each preset's world, with its own settings; on the way, what each failure shows, and its cure."""
    concept = load("gridworld")

    def told(metric: str, **fields) -> tuple[float, ...]:
        return tuple(one[metric] for one in worlds.ends(SEEDS, **fields))

    for name in WORLDS:
        for agent in ("q_learning", "dyna", "double_q"):
            values = told("policy_agreement", **concept.presets[name] | {"agent": agent} | LONGER.get((name, agent), {}))
            yield Figure(f"{name}, {agent}: cells with a best action", 0.98, "", values, at_least=True)
    for agent in ("q_learning", "dyna", "double_q"):
        values = tuple(value for size in SIZES for value in told("policy_agreement", agent=agent, world=random_world(9, size)))
        yield Figure(f"random worlds at the defaults, {agent}: cells with a best action", 0.98, "", values, at_least=True)
    yield Figure("default: its way over the shortest", 1.0001, "", told("longer", **concept.presets["default"]))
    for name, (metric, fails, cured, much) in GRID_FAILURES.items():
        wrong, right = concept.presets[name], concept.presets[name] | concept.cures[name]
        yield Figure(f"{name}: {metric}", fails, "", told(metric, **wrong), at_least=much)
        yield Figure(f"{name}, cured: {metric}", cured, "", told(metric, **right), at_least=not much)


VAE_FAILURES = {  # preset: what shows it, whether it is too small, its bound, its bound once cured
    "collapse": ("active_dimensions", True, 2, 12),
    "blur": ("sharpness", True, 0.5, 0.7),
    "holes": ("holes", False, 0.5, 0.35),
    "too_small": ("sharpness", True, 0.25, 0.25),
}


def vae() -> Iterator[Figure]:
    """The defaults with only data, latent and seed given, in CPU seconds of the run on one thread; then each failure and its cure."""
    yield from autoencoder.measure(SEEDS)
    yield from failures("vae", VAE_FAILURES, autoencoder.end)


CLAIMS: dict[str, Callable[[], Iterator[Figure]]] = {
    "diffusion": diffusion,
    "latent_diffusion": latent_diffusion,
    "gan": gan,
    "attention": attention,
    "gridworld": gridworld,
    "vae": vae,
    "pipeline": lambda: iter(()),  # its corners alone
}
