"""A pipeline watched at work: its call runs unchanged, and hands over each step of its scheduler as it is made."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Semaphore, Thread
from typing import Any

from jaxtyping import Float
from torch import Tensor


@dataclass(frozen=True)
class Turn:
    """One turn of the pipeline's loop: at t the U-Net saw x_t and named the noise ε; the scheduler guessed x_0 and made the next x."""

    t: int
    x_t: Float[Tensor, "n c h w"]
    eps: Float[Tensor, "n c h w"]
    x_0: Float[Tensor, "n c h w"]
    x: Float[Tensor, "n c h w"]


class Stopped(Exception):
    """Nobody looks any more."""


def turns(pipe: Any, call: Callable[[], Any]) -> Iterator[Turn]:
    """Every turn of `call`, which calls the pipeline. Raises what it raises.

    A call can't be halted half-way but by a thread of its own, which waits at each step until that has been looked at.
    """
    step, on, handed, watched = pipe.scheduler.step, Semaphore(0), SimpleQueue(), [True]

    def observed(eps: Tensor, t: Tensor, x_t: Tensor, **rest: Any) -> Any:
        made = step(eps, t, x_t, **rest)
        x_0 = getattr(made, "pred_original_sample", None)
        handed.put(Turn(int(t), x_t, eps, pipe.scheduler.model_outputs[-1] if x_0 is None else x_0, made.prev_sample))
        on.acquire()
        if not watched:
            raise Stopped
        return made

    def work() -> None:
        try:
            call()
            handed.put(None)
        except Exception as error:
            handed.put(error)

    pipe.scheduler.step = observed
    thread = Thread(target=work, daemon=True)
    thread.start()
    try:
        while isinstance(turn := handed.get(), Turn):
            yield turn
            on.release()
    finally:
        watched.clear()
        on.release()
        thread.join()
        pipe.scheduler.step = step
    if turn is not None:
        raise turn
