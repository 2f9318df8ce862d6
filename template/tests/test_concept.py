"""NAME: the maths against something that is not this project, and what the lesson says of the default run."""

import math

import numpy as np
import pytest
import torch
from torch.distributions import Normal

from playground.concept import load
from playground.concepts.SLUG.model import Params, best, data, surprise

CONCEPT = load("SLUG")


def test_surprise_is_that_of_torchs_normal() -> None:
    x, mu, log_sigma = data(Params()), torch.tensor([0.3, 0.1]), torch.tensor(-0.4)
    theirs = -Normal(mu, log_sigma.exp()).log_prob(x).sum(1).mean()
    assert surprise(x, mu, log_sigma).item() == pytest.approx(theirs.item(), rel=1e-5)


def test_the_best_is_that_of_the_datas_own_moments() -> None:
    x = data(Params())
    sigma = np.sqrt(((x - x.mean(0)) ** 2).mean().item())
    assert best(x) == pytest.approx(surprise(x, x.mean(0), torch.tensor(math.log(sigma))).item(), rel=1e-5)


def test_the_default_run_gets_there_and_the_failure_does_not() -> None:
    *_, last = CONCEPT.run(CONCEPT.params())
    assert last.metrics["surprise"] == pytest.approx(last.metrics["best"], rel=0.01)
    *_, failed = CONCEPT.run(CONCEPT.params(**CONCEPT.presets["too_fast"]))
    assert failed.metrics["surprise"] > 1.1 * failed.metrics["best"]
