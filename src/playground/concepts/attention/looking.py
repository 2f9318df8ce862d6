"""Looking into a causal model and operating on it: where its heads look, what each is worth, what it guesses after each layer."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Float, Int64
from torch import Generator, Tensor

from playground.concepts.attention import comparing, embedding
from playground.concepts.attention.decoder import Operation, Seen, barred
from playground.concepts.attention.learning import eighths, shown
from playground.concepts.attention.models import TOGETHER, Encoder, Model, unknown
from playground.concepts.attention.params import Params, heads_in, misfits, mixed_in, places_in, replaced_in
from playground.frame import Frame
from playground.params import Refused

CANDIDATES = 10
COMPARED = 32  # tokens of which MiniLM's queries and keys are sent, which compress badly


@dataclass(frozen=True)
class Subject:
    """A text under a model, as it is and as the operation makes it."""

    model: Model
    before: Int64[Tensor, " t"]
    ids: Int64[Tensor, " t"]
    plain: Operation
    operation: Operation


def subject(params: Params, model: Model) -> Subject:
    text = params.passage or model.passage
    before = model.read(text)
    ids = before.clone()
    for place, token in replaced_in(params.replace).items():
        ids[place] = model.one(token)
    return Subject(model, before, ids, untouched(params), operation_of(params))


def untouched(params: Params) -> Operation:
    return Operation(torch.ones(1, *params.size), torch.zeros(params.size, dtype=torch.bool))


def operation_of(params: Params) -> Operation:
    plain = untouched(params)
    for layer, head in params.taken_out:
        plain.gates[0, layer, head] = 0
    for layer, head in heads_in(params.uniform):
        plain.uniform[layer, head] = True
    return Operation(plain.gates, plain.uniform, places_in(params.mask), mixed_in(params.mix))


def token_bits(model: Model, ids: Int64[Tensor, " t"], operation: Operation) -> Float[Tensor, "b t"]:
    """Surprise at each token given those before it, in bits, for each of the operation's sets of gates; 0 at the first."""
    many = ids.expand(len(operation.gates), -1)
    chances = model.guess(model.stream(many, operation)[:, :-1])
    return F.pad(F.cross_entropy(chances.mT, many[:, 1:], reduction="none") / math.log(2), (1, 0))


def mean(found: Float[Tensor, "b t"]) -> Float[Tensor, " b"]:
    """Bits a token that is foretold."""
    return found.sum(-1) / max(1, found.shape[-1] - 1)


def effects(
    operation: Operation, cost: Callable[[Operation], Float[Tensor, " b"]], at_once: int = TOGETHER
) -> Float[Tensor, "layers heads"]:
    """How much it costs once one more head is taken out: each measured by doing it."""
    gates, shape = operation.gates, operation.gates.shape[1:]
    without = gates * (1 - torch.eye(math.prod(shape)).view(-1, *shape))
    together = [torch.cat((gates, part)) for part in without.split(at_once)]
    costs = [cost(replace(operation, gates=each)) for each in together]
    return torch.cat([each[1:] - each[0] for each in costs]).view(shape)


def ranked(effect: Float[Tensor, "layers heads"]) -> tuple[dict[str, np.ndarray], tuple[str, ...]]:
    """The heads that matter most here, the one whose loss costs most first, and their names as layer.head."""
    worth, at = effect.flatten().sort(descending=True, stable=True)
    places = [divmod(int(i), effect.shape[1]) for i in at[:CANDIDATES]]
    return {"worth": worth[:CANDIDATES].numpy(), "position": positions(len(places))}, tuple(f"{layer}.{head}" for layer, head in places)


def rollout(a: Float[Tensor, "layers heads t t"]) -> Float[Tensor, "t t"]:
    """Attention through all layers: the product of (mean over heads + identity) / 2. Abnar & Zuidema 2020."""
    t = a.shape[-1]
    found = torch.eye(t)
    for layer in a.mean(1):
        found = (layer + torch.eye(t)) / 2 @ found
    return found


def half(rows: list[Tensor]) -> np.ndarray:
    return torch.stack(rows).half().numpy()


def bars(operation: Operation, t: int, causal: bool = True) -> np.ndarray:
    """1 where a token must not look."""
    return barred(t, operation.hidden, causal).byte().numpy()


@torch.no_grad()
def look(subject: Subject) -> tuple[Frame, Seen]:
    """One frame: every head on this text, and what the operation changed."""
    model, seen = subject.model, Seen()
    model.stream(subject.ids[None], subject.operation, seen)
    a = torch.stack(seen.attention)
    loss, before = token_bits(model, subject.ids, subject.operation)[0], token_bits(model, subject.before, subject.plain)[0]
    effect = effects(subject.operation, lambda operation: mean(token_bits(model, subject.ids, operation)), model.together)
    arrays = {"attention": eighths(a), "rollout": eighths(rollout(a)[None, None]), "average": eighths(a.mean((0, 1), keepdim=True))}
    arrays |= {"effect": effect.numpy(), "query": half(seen.query), "key": half(seen.key), "barred": bars(subject.operation, len(loss))}
    arrays |= {"token_loss": loss.numpy(), "token_loss_before": before.numpy(), "place": np.arange(len(loss), dtype=np.float32)}
    metrics = {"loss": mean(loss[None]).item(), "loss_before": mean(before[None]).item(), "unknown": float(unknown(model, subject.ids))}
    metrics |= {"most": effect.max().item(), "tokens": float(len(loss)), "context": float(model.context)}
    metrics["beyond"] = max(0.0, metrics["tokens"] - metrics["context"])
    metrics["order"] = embedding.order(model, subject.ids, subject.operation)
    worth, heads = ranked(effect)
    tokens = names(model, subject.ids)
    arrays |= embedding.arrays(model, subject.ids)
    texts = {"tokens": tokens, "heads": heads, "ids": embedding.numbered(tokens, subject.ids)}
    return Frame(0, arrays | worth, metrics, texts, "look"), seen


def turned(x: Float[Tensor, "*b t w"], y: Float[Tensor, "t w"]) -> Float[Tensor, "*b t"]:
    """1 − cos of the angle between two descriptions of each token: 0 where both point the same way."""
    return (F.normalize(x, dim=-1) - F.normalize(y, dim=-1)).square().sum(-1) / 2


@torch.no_grad()
def look_at_descriptions(params: Params, model: Encoder) -> Frame:
    """One frame, as look: but what an operation changes is where the tokens' descriptions point."""
    before, sentence = model.pair(params.passage or model.passage, params.other("second"))
    for flaw in misfits(params, len(before)):
        raise Refused(flaw)
    ids, operation, seen = before.clone(), operation_of(params), Seen()
    for place, token in replaced_in(params.replace).items():
        ids[place] = model.one(token)
    here = model.vectors(ids[None], operation, seen, sentence)[0]
    a = torch.stack(seen.attention)
    pairs = comparing.of_words(params, model, comparing.Reading(ids, sentence, a), operation)
    change = turned(here, model.vectors(before[None], untouched(params), None, sentence)[0])
    effect = effects(operation, lambda each: turned(model.vectors(ids.expand(len(each.gates), -1), each, None, sentence), here).mean(-1))
    arrays = {
        "attention": eighths(a),
        "rollout": eighths(rollout(a)[None, None]),
        "average": eighths(a.mean((0, 1), keepdim=True)),
        "effect": effect.numpy(),
    }
    if len(ids) <= COMPARED:
        arrays |= {"query": half(seen.query), "key": half(seen.key), "barred": bars(operation, len(ids), causal=False)}
        arrays |= embedding.arrays(model, ids)
    arrays |= {"token_change": change.numpy(), "place": np.arange(len(ids), dtype=np.float32)}
    metrics = {"change": change.mean().item(), "most": effect.max().item(), "tokens": float(len(ids)), "unknown": float(model.unknown(ids))}
    worth, heads = ranked(effect)
    arrays["focus"] = comparing.opening(params, model, ids, pairs, effect)
    tokens = shown([model.token(int(i)) for i in ids])
    texts = {"tokens": tokens, "heads": heads, "ids": embedding.numbered(tokens, ids)}
    return Frame(0, arrays | worth | pairs.arrays, metrics | pairs.metrics, texts | pairs.texts, "look")


def names(model: Model, ids: Int64[Tensor, " t"]) -> tuple[str, ...]:
    return shown([model.token(int(i)) for i in ids])


@torch.no_grad()
def lens(subject: Subject, seen: Seen) -> Iterator[Frame]:
    """The guess at the next token after each layer, read off the stream as if it were the last: nostalgebraist 2020."""
    model, plain = subject.model, Seen()
    model.stream(subject.before[None], subject.plain, plain)
    final, a = int(model.guess(seen.states[-1][-1]).argmax()), torch.stack(seen.attention)
    tokens = names(model, subject.ids)
    shared = {"attention": eighths(a)}
    for layer, (state, before) in enumerate(zip(seen.states, plain.states, strict=True)):
        chances, without = model.guess(state[-1]).softmax(-1), model.guess(before[-1]).softmax(-1)
        best = chances.topk(min(CANDIDATES, len(chances))).indices
        arrays = shared | {"chance": chances[best].numpy(), "before": without[best].numpy(), "position": positions(len(best))}
        metrics = {
            "rank": float((chances > chances[final]).sum() + 1),
            "final": chances[final].item(),
            "bits": -chances[final].clamp(min=1e-30).log2().item(),
        }
        yield Frame(layer, arrays, metrics, {"tokens": tokens, "candidates": names(model, best), "guess": names(model, best[:1])}, "lens")


def positions(count: int) -> np.ndarray:
    return np.arange(1, count + 1, dtype=np.float32)


def cut(chances: Float[Tensor, " v"], top_k: int, top_p: float) -> Float[Tensor, " v"]:
    """The chances of which one is drawn: the k highest (0: all), of these as few as make up p, and again 1 in sum. Holtzman et al. 2020."""
    order = chances.argsort(descending=True, stable=True)
    ranked = chances[order]
    kept = torch.arange(len(ranked)) < (top_k or len(ranked))
    kept &= ranked.cumsum(0) - ranked < top_p * ranked[kept].sum()
    left = torch.zeros_like(chances).index_put((order[kept],), ranked[kept])
    return left / left.sum()


def turned_on(operation: Operation, length: int, context: int) -> Operation:
    """The operation on the last `context` of so many tokens: hidden places move along, and fall out."""
    gone = max(0, length - context)
    return replace(operation, hidden=tuple(place - gone for place in operation.hidden if place >= gone))


@torch.no_grad()
def generate(subject: Subject, params: Params) -> Iterator[Frame]:
    """A token a frame, drawn of what top-k and top-p leave; beside it the text without the operation, drawn with the same luck."""
    model, ids, plain = subject.model, subject.ids, subject.before
    luck, plain_luck = (Generator().manual_seed(params.seed + 2**31) for _ in range(2))
    for step in range(1, params.generate + 1):
        seen = Seen()
        window = ids[-model.context :]
        chances = following(model, ids, subject.operation, params.temperature, seen)
        drawn_of = cut(chances, params.top_k, params.top_p)
        token = torch.multinomial(drawn_of, 1, generator=luck)
        without = cut(following(model, plain, subject.plain, params.temperature), params.top_k, params.top_p)
        plain = torch.cat((plain, torch.multinomial(without, 1, generator=plain_luck)))
        ids = torch.cat((ids, token))
        best = chances.topk(min(CANDIDATES, len(chances))).indices
        a = torch.stack(seen.attention)
        arrays = {"attention": eighths(a[:, :, -1:]), "chance": chances[best].numpy()}
        arrays |= {"drawn": drawn_of[best].numpy(), "kept": (drawn_of[best] > 0).byte().numpy(), "position": positions(len(best))}
        metrics = {
            "bits": -chances[token].log2().item(),
            "left": chances[drawn_of > 0].sum().item(),
            "choices": float((drawn_of > 0).sum()),
        }
        texts = {"tokens": names(model, window), "candidates": names(model, best), "chosen": names(model, token)}
        texts |= {"written": (model.text(ids),), "without": (model.text(plain),)}
        yield Frame(step, arrays, metrics, texts, "generate")


def following(
    model: Model, ids: Int64[Tensor, " t"], operation: Operation, temperature: float, seen: Seen | None = None
) -> Float[Tensor, " v"]:
    """Chances of the next token: softmax(logits / temperature)."""
    now = turned_on(operation, len(ids), model.context)
    return (model.guess(model.stream(ids[None, -model.context :], now, seen)[0, -1]) / temperature).softmax(-1)
