"""Trains the shipped model on the faces' train split: python -m playground.concepts.pipeline.train

One core takes about ten minutes. What it saves is the mean of the last weights, in half precision.
"""

import copy
import math
from typing import Any

import torch
import torch.nn.functional as F
from einops import rearrange
from torch import Generator

from playground.concepts.pipeline.faces import weights
from playground.datasets import faces
from playground.device import computing

SEED, STEPS, BATCH, HIGHEST_RATE = 7, 1_800, 32, 1.5e-3
DECAY = 4_000  # steps in which the rate would come down to nothing
EMA = 0.995
SAVED_EVERY = 200


def parts() -> tuple[Any, Any]:
    """An untrained U-Net of 1.7 M parameters, which works at 16, 8 and 4 pixels, and the noise of Ho et al. 2020."""
    from diffusers import DDPMScheduler, UNet2DModel

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        unet = UNet2DModel(
            sample_size=16,
            block_out_channels=(32, 64, 96),
            layers_per_block=1,
            down_block_types=("DownBlock2D",) * 3,
            up_block_types=("UpBlock2D",) * 3,
            attention_head_dim=32,  # one attention block: in the middle, among 4 x 4 places
            norm_num_groups=8,
        )
    # thresholding up to 1 clips the guesses: DDPM and DDIM would do it anyway, DPM-Solver++ only so
    return unet, DDPMScheduler(num_train_timesteps=1000, beta_schedule="linear", thresholding=True, sample_max_value=1.0)


def rate(progress: float) -> float:
    """The learning rate over its highest: up in the first 3 %, then down by a cosine."""
    return min(1.0, progress / 0.03 + 0.01) * (1 + math.cos(math.pi * progress)) / 2


def save(unet: Any, scheduler: Any) -> None:
    """As `save_pretrained` writes a pipeline, in half precision."""
    from diffusers import DDPMPipeline

    DDPMPipeline(copy.deepcopy(unet).half(), scheduler).save_pretrained(weights(), safe_serialization=True)
    for file in weights().rglob("*.safetensors"):
        file.chmod(0o644)


def train(steps: int = STEPS) -> None:
    """Minimise E |ε_θ(x_t, t) − ε|² over pictures x_0, noise ε and t: algorithm 1 of Ho et al. 2020."""
    unet, scheduler = parts()
    mean = copy.deepcopy(unet).eval().requires_grad_(False)
    adam = torch.optim.AdamW(unet.parameters(), weight_decay=1e-3, fused=True)
    x = rearrange(faces().train.float() / 127.5 - 1, "n h w c -> n c h w")
    g = Generator().manual_seed(SEED)
    for step in range(steps):
        x_0 = x[torch.randint(len(x), (BATCH,), generator=g)]
        eps, t = torch.randn(x_0.shape, generator=g), torch.randint(1000, (BATCH,), generator=g)
        with torch.autocast("cpu", torch.bfloat16):
            predicted = unet(scheduler.add_noise(x_0, eps, t), t).sample
        loss = F.mse_loss(predicted.float(), eps)
        adam.param_groups[0]["lr"] = HIGHEST_RATE * rate(step / DECAY)
        adam.zero_grad()
        loss.backward()
        adam.step()
        with torch.no_grad():
            torch._foreach_lerp_(list(mean.parameters()), list(unet.parameters()), 1 - min(EMA, (1 + step) / (10 + step)))
        if (step + 1) % SAVED_EVERY == 0:
            save(mean, scheduler)
            print(f"step {step + 1}: loss {loss.item():.4f}", flush=True)


if __name__ == "__main__":
    computing()
    train()
