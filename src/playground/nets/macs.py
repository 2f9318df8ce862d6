"""Multiply-adds of networks made of matrices, exactly: one for each entry of each matrix that a vector meets."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

Shape = tuple[int, int]


@dataclass(frozen=True)
class Macs:
    """For one example: a look at the network, and one that also computes all gradients, as training does."""

    look: int
    training: int


def dense(inner: Iterable[Shape], first: Iterable[Shape], fixed: Iterable[Shape] = ()) -> Macs:
    """The backward pass meets each matrix twice more: for its own gradient and for its input's, which those that stand `first` are spared.

    `fixed` matrices stand at the beginning and are never trained.
    """
    a, b, c = (sum(map(math.prod, shapes)) for shapes in (inner, first, fixed))
    return Macs(look=a + b + c, training=3 * a + 2 * b + c)
