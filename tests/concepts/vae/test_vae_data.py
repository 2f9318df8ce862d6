"""The shelves against the files themselves: nothing leaks from one part to another, and every class is what it says."""

import json

import numpy as np
import pytest
import torch

from playground import datasets
from playground.concepts.vae import data
from playground.concepts.vae.data import SHELVES, shelf

CLASSES = {"digits": 10, "hanzi": 2, "faces": 4, "emoji": 8, "moons": 2}
TWINS = {"emoji": 3}


def parts(name: str) -> tuple[torch.Tensor, ...]:
    found = shelf(name)
    return found.train, found.validation, found.test


def raw(name: str) -> dict[str, np.ndarray]:
    with np.load(datasets.assets() / "data" / f"{name}.npz", allow_pickle=False) as file:
        return dict(file)


@pytest.mark.parametrize("name", SHELVES)
def test_a_shelf_is_cached_and_shares_no_item_between_parts(name: str) -> None:
    assert shelf(name) is shelf(name)
    seen = [{x.numpy().tobytes() for x in part} for part in parts(name)]
    twins = TWINS.get(name, 0)  # different emoji that look the same
    assert max(len(seen[0] & seen[1]), len(seen[0] & seen[2]), len(seen[1] & seen[2])) <= twins
    assert all(tuple(part.shape[1:]) == shelf(name).shape for part in parts(name))
    assert len(shelf(name).label) == len(shelf(name).test) <= 1000
    assert len(set(shelf(name).label.tolist())) == CLASSES[name]


@pytest.mark.parametrize(("name", "counts"), [("digits", (8000, 1000, 1000)), ("emoji", (1236, 200, 200)), ("moons", (4000, 500, 1000))])
def test_the_split_is_the_one_of_all_concepts(name: str, counts: tuple[int, int, int]) -> None:
    assert tuple(len(part) for part in parts(name)) == counts
    if name in ("digits", "emoji"):
        theirs = datasets.mnist() if name == "digits" else datasets.emoji()
        assert all(torch.equal(a, b.x) for a, b in zip(parts(name), (theirs.train, theirs.validation, theirs.test), strict=True))
        assert shelf(name).label.tolist() == theirs.test.y.tolist()


def test_no_character_is_seen_in_one_font_and_asked_for_in_the_other() -> None:
    file = raw("hanzi28")
    known = {x.tobytes(): (str(char), int(font)) for x, char, font in zip(file["x"], file["char"], file["font"], strict=True)}
    told = [[known[x.numpy().tobytes()] for x in part] for part in parts("hanzi")]
    characters = [{char for char, _ in part} for part in told]
    assert [len(part) for part in characters] == [1200, 100, 200]
    assert len(set.union(*characters)) == 1500
    assert [font for _, font in told[-1]] == shelf("hanzi").label.tolist()
    for part in told:
        assert all(a[0] == b[0] for a, b in zip(part[::2], part[1::2], strict=True)), "both fonts of a character stand side by side"


def test_the_faces_held_out_are_those_of_all_concepts_and_wear_what_they_say() -> None:
    assert torch.equal(shelf("faces").test, datasets.faces().held_out)
    assert torch.equal(torch.cat((shelf("faces").train, shelf("faces").validation)), datasets.faces().train)
    file = raw("pixel_faces16")
    known = {x.tobytes(): json.loads(told) for x, told in zip(file["x"], file["options"], strict=True)}
    for x, y in zip(shelf("faces").test, shelf("faces").label.tolist(), strict=True):
        told = known[x.numpy().tobytes()]
        assert (told["hairVariant"].startswith("long"), "glassesVariant" in told) == (y % 2 == 1, y >= 2)


def test_a_point_knows_its_moon() -> None:
    """On the circles themselves, as scikit-learn's make_moons writes them, standardised."""
    angle = np.linspace(0, np.pi, 50)
    upper = np.stack((np.cos(angle), np.sin(angle)), 1)
    lower = np.stack((1 - np.cos(angle), 0.5 - np.sin(angle)), 1)
    points = (np.concatenate((upper, lower)) - [0.5, 0.25]) / [0.87, 0.5]
    assert data.moon(torch.tensor(points, dtype=torch.float32)).tolist() == [0] * 50 + [1] * 50
    share = shelf("moons").label.double().mean().item()
    assert 0.45 < share < 0.55
