"""The classifier that judges digits: good enough, small enough, and made by the script beside it."""

import torch

from playground.datasets import Pictures, mnist
from playground.nets import classifier, train


def test_it_is_right_on_98_percent_of_unseen_digits_and_small() -> None:
    named = classifier.classes(classifier.features(mnist().test.x))
    assert (named == mnist().test.y).float().mean() >= 0.98
    assert classifier.path().stat().st_size <= 300_000


def test_the_shipped_weights_have_the_shapes_that_train_draws() -> None:
    drawn = classifier.draw(torch.Generator().manual_seed(0))
    assert {name: w.shape for name, w in classifier.digits().items()} == {name: w.shape for name, w in drawn.items()}


def test_features_do_not_depend_on_the_batch() -> None:
    x = mnist().test.x[:600]
    assert torch.allclose(classifier.features(x)[300:310], classifier.features(x[300:310]), atol=1e-4)


def test_training_learns_and_is_seeded() -> None:
    few = Pictures(mnist().train.x[:600], mnist().train.y[:600])
    one, other = train.train(few, epochs=6), train.train(few, epochs=6)
    assert all(torch.equal(one[name], other[name]) for name in one)
    assert train.accuracy(one, mnist().validation) > 0.6


def test_wear_leaves_a_picture_a_picture() -> None:
    x = mnist().train.x[:200].float() / 255
    g = torch.Generator().manual_seed(0)
    for change in (train.moved, train.worn):
        changed = change(x, g)
        assert changed.shape == x.shape
        assert changed.min() >= 0
        assert changed.max() <= 1 + 1e-6
        assert not torch.equal(changed, x)
    assert train.moved(x, g).mean() > 0.8 * x.mean(), "hardly any ink leaves the picture"
