"""Principal components as an autoencoder of one layer, found by a singular value decomposition: nothing is trained."""

import torch
from jaxtyping import Float
from torch import Tensor

from playground.nets.mlp import Weights


def principal(x: Float[Tensor, "n p"], latent: int) -> Weights:
    """Encoder V (x − mean), decoder mean + Vᵀ z: the rows of V are the right singular vectors of x − mean, largest value first.

    As many as there are; a data set of two numbers has two, and the others are 0.
    """
    mean = x.double().mean(0)
    _, _, right = torch.linalg.svd(x.double() - mean, full_matrices=False)
    v = torch.zeros(latent, x.shape[1], dtype=torch.float64)
    v[: len(right)] = right[:latent] * right[:latent].sum(1, keepdim=True).sign()  # singular vectors come with either sign: choose one
    return {
        name: tensor.float().contiguous() for name, tensor in {"enc0": v, "enc0_bias": -v @ mean, "dec0": v.T, "dec0_bias": mean}.items()
    }
