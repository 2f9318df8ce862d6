"""Attention: train a small transformer, look where its heads look, operate on them, and measure what that does."""

from collections.abc import Generator as Yields
from collections.abc import Iterator
from dataclasses import replace

from playground.concepts.attention import beam, hosted, learning, looking
from playground.concepts.attention.corpora import corpus
from playground.concepts.attention.models import Encoder, Model, Pretrained, Trained
from playground.concepts.attention.params import Params as Params
from playground.frame import Frame
from playground.state import INDEX, State, learn


def inside(params: Params, model: Model) -> Iterator[Frame]:
    """What the trained or the chosen model does with the text."""
    subject = looking.subject(params, model)
    frame, seen = looking.look(subject)
    yield frame
    yield from looking.lens(subject, seen)
    yield from looking.generate(subject, params)
    if params.beams:
        yield from beam.beam(subject, params.beams)


def trained(params: Params, state: State) -> Trained:
    w = {name: tensor for name, tensor in state.items() if not name.startswith((INDEX, "ran"))}
    return Trained(w, corpus(params), params.layers, params.heads, params.context, params.design)


def learned(params: Params, state: State | None) -> Yields[Frame, None, State]:
    """The training's state; its frames too, where the training is what is asked for."""
    lessons = learn(learning.train(params), state)
    while True:
        try:
            frame = next(lessons)
        except StopIteration as end:
            return end.value
        if params.mode == "train":
            yield frame


def chapters(params: Params, state: State | None) -> Yields[Frame, None, State | None]:
    if not params.causal:
        yield looking.look_at_descriptions(params, Encoder())
        return None
    if not params.trains:
        yield from inside(params, hosted.opened(params) if params.hosted else Pretrained(params.model))
        return None
    made = yield from learned(params, state)
    yield from inside(params, trained(params, made))
    return made


def in_order(frames: Yields[Frame, None, State | None]) -> Yields[Frame, None, State | None]:
    """The frames, their arrays in the order in which they first came, as whoever reads the wire knows them."""
    known: dict[str, None] = {}
    while True:
        try:
            frame = next(frames)
        except StopIteration as end:
            return end.value
        known |= dict.fromkeys(frame.arrays)
        yield replace(frame, arrays={name: frame.arrays[name] for name in known if name in frame.arrays})


def run(params: Params, state: State | None = None) -> Yields[Frame, None, State | None]:
    """Chapters: train, while a decoder learns; then look, lens and generate, on the text, with the operation.

    train and look have attention (layers, heads, t, t) u1, a weight's share of 255, rows the queries, and average (t, t) u1; look also
    rollout (t, t) u1, effect (layers, heads) f4 in bits a token, query and key (layers, heads, t, d) f2, barred (t, t) u1, token_loss and
    token_loss_before (t,) f4 in bits, place (t,) f4. MiniLM, which guesses nothing, has token_change (t,) f4 instead, 1 − cos of what comes
    out, which is its effect's unit too, and query, key and barred for up to 32 tokens. lens has chance, before and position (k,) f4;
    generate chance, drawn and position (k,) f4, kept (k,) u1, and attention (layers, heads, 1, t) u1: the row of the last token, from
    which the next is guessed. Both have average. beam has tree (n, 4) f4, a row for each token: the place of the one before
    (-1 for none), its own −log₂ of a chance, the whole branch's, whether it is kept; and candidate_bits and position (k,) f4 of the newest.
    """
    return (yield from in_order(chapters(params, state)))
