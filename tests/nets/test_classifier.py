"""The classifiers that judge pictures: good enough, small enough, and made by the script beside them."""

import pytest
import torch

from playground.datasets import Split, emoji, mnist
from playground.nets import classifier, train

SPLITS = {"digits": mnist, "emoji": emoji}


@pytest.mark.parametrize(("name", "least"), [("digits", 0.98), ("emoji", 0.55)])
def test_it_is_right_on_unseen_pictures_and_small(name: str, least: float) -> None:
    test = SPLITS[name]().test
    named = classifier.classes(name, classifier.features(name, test.x))
    assert (named == test.y).float().mean() >= least
    assert classifier.path(name).stat().st_size <= 300_000


@pytest.mark.parametrize("name", SPLITS)
def test_the_shipped_weights_have_the_shapes_that_train_draws(name: str) -> None:
    drawn = classifier.draw(classifier.SHAPES[name], torch.Generator().manual_seed(0))
    assert {key: w.shape for key, w in classifier.weights(name).items()} == {key: w.shape for key, w in drawn.items()}


def test_features_do_not_depend_on_the_batch() -> None:
    x = mnist().test.x[:600]
    assert torch.allclose(classifier.features("digits", x)[300:310], classifier.features("digits", x[300:310]), atol=1e-4)


@pytest.mark.parametrize(("name", "least"), [("digits", 0.6), ("emoji", 0.25)])
def test_training_learns_and_is_seeded(name: str, least: float) -> None:
    split: Split = SPLITS[name]()
    few = split.train.first(600)
    one, other = train.train(name, few, epochs=6), train.train(name, few, epochs=6)
    assert all(torch.equal(one[key], other[key]) for key in one)
    assert train.accuracy(one, split.validation) > least


@pytest.mark.parametrize("name", SPLITS)
def test_wear_leaves_a_picture_a_picture(name: str) -> None:
    x = classifier.planes(SPLITS[name]().train.x[:200])
    g = torch.Generator().manual_seed(0)
    for change in (train.moved, train.worn, train.RECIPES[name].wear):
        changed = change(x, g)
        assert changed.shape == x.shape
        assert changed.min() >= 0
        assert changed.max() <= 1 + 1e-6
        assert not torch.equal(changed, x)
    ink = x if name == "digits" else 1 - x
    assert train.moved(ink, g).mean() > 0.8 * ink.mean(), "hardly any ink leaves the picture"
