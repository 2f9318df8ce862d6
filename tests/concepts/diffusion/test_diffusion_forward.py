"""Data to noise: the closed form, the chain, and every schedule."""

import math

import numpy as np
import pytest

from tests.concepts.diffusion.diffusions import short
from tests.playing import phase


@pytest.mark.parametrize("objective", ["flow", "ddpm"])
def test_forward_frames_are_the_closed_form(objective):
    frames = phase(short(objective=objective)[0], "forward")
    x_0, x_1 = (frames[i].arrays["sample"].astype(float) for i in (0, -1))
    assert np.array_equal(frames[0].arrays["sample"], frames[0].arrays["data"])
    eps = (x_1 - frames[-1].metrics["signal"] * x_0) / frames[-1].metrics["noise"]
    assert np.abs(eps.std(0) - 1).max() < 0.1
    for frame in frames:
        m = frame.metrics
        assert np.allclose(frame.arrays["sample"], m["signal"] * x_0 + m["noise"] * eps, atol=5e-3)
        if 0 < m["t"] < 0.99:
            assert m["log_snr"] == pytest.approx(2 * math.log(m["signal"] / m["noise"]), rel=1e-3)
        if objective == "flow":
            assert m["signal"] + m["noise"] == pytest.approx(1)
        else:
            assert m["signal"] ** 2 + m["noise"] ** 2 == pytest.approx(1)


def test_noise_is_further_from_digits_than_other_digits_are():
    metrics = [frame.metrics for frame in phase(short(data="digits")[0], "forward")]
    assert metrics[0]["sw2"] == 0
    assert metrics[-1]["sw2"] > 2.3 * metrics[-1]["sw2_floor"]


@pytest.mark.parametrize("objective", ["flow", "ddpm"])
def test_noise_in_one_step_and_step_by_step_agree_in_distribution(objective):
    """Mean and variance within four standard errors of the closed form, and the histograms of each other."""
    for frame in phase(short(objective=objective)[0], "forward"):
        m = frame.metrics
        variance = m["signal"] ** 2 * frame.arrays["data"].astype(float).var() + m["noise"] ** 2
        for name in ("", "_chain"):
            assert m[f"variance{name}"] == pytest.approx(variance, rel=4 * math.sqrt(2 / 2000) + 0.01)
            assert abs(m[f"mean{name}"]) < 4 * math.sqrt(variance / 2000) + 0.02
        at_once, chained = (frame.arrays[f"histogram{name}"].astype(float) * 0.125 for name in ("", "_chain"))
        assert at_once.sum() == pytest.approx(1, abs=0.005)
        assert np.abs(np.cumsum(at_once) - np.cumsum(chained)).max() < 1.95 * math.sqrt(2 / 2000), "Kolmogorov and Smirnov, 0.1 %"
    assert not np.array_equal(frame.arrays["chained"], frame.arrays["sample"])


def test_the_straight_line_does_not_preserve_variance_and_the_schedules_do():
    spread = {o: [f.metrics["variance"] for f in phase(short(objective=o)[0], "forward")] for o in ("flow", "ddpm")}
    assert spread["flow"][10] == pytest.approx(0.5, abs=0.05)
    assert all(spread["ddpm"][0] - 0.03 < v < 1.06 for v in spread["ddpm"])
    assert spread["ddpm"][-1] == pytest.approx(1, abs=0.06)


def test_the_curves_of_every_schedule_are_those_of_diffusers_where_it_has_them():
    from diffusers import DDPMScheduler

    abar = DDPMScheduler(num_train_timesteps=1000, beta_schedule="linear").alphas_cumprod
    for frame in phase(short()[0], "forward")[1:]:
        t = frame.metrics["t"]
        assert frame.metrics["abar_linear"] == pytest.approx(abar[round(1000 * t) - 1].item(), abs=5e-3)
        assert frame.metrics["abar_flow"] == pytest.approx((1 - t) ** 2, abs=1e-6)
        for name in ("linear", "cosine", "sigmoid", "unfinished"):
            assert frame.metrics[f"abar_{name}"] + frame.metrics[f"sigma_{name}"] ** 2 == pytest.approx(1, abs=1e-5)
