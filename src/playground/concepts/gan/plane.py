"""Points on the plane: the data, the networks that meet there, and what every snapshot shows and measures."""

import numpy as np
import torch
from jaxtyping import Float
from torch import Generator, Tensor

from playground import densities, metrics, toys
from playground.concepts.gan import layers, nets
from playground.concepts.gan.game import Game
from playground.concepts.gan.layers import Weights
from playground.concepts.gan.params import Params
from playground.concepts.gan.spaces import Arrays, Look, accuracy, f2, judge, slopes

MADE = 20_000  # fakes that densities are estimated from
SHOWN = 1_000  # of them on the stage, and in sw2
SMALL = 250  # of each member's, where there are many
GRID, EXTENT, GRID_ALL = 64, 4.8, 32  # D's surface: cells a side over [-EXTENT, EXTENT]²; of each member's, where there are many
BLUR = 0.12  # p and q are blurred so wide before p / (p + q)
THIN = 1e-3  # a density that counts as none
ARROWS, ARROW, LONGEST = 100, 0.3, 0.5  # gradients drawn, their length per unit, and at most
NO_ARROW = np.zeros((1, 4), np.float16)
LINES = 21  # of the noise's grid each way
ALONE = 121  # points of a line of noise
FLOORS = 4  # sets whose mean divergence from their own density is the floor


def grid(k: int) -> Float[Tensor, "kk 2"]:
    """Centres of k x k cells, the first row at the top."""
    line = (torch.arange(k) + 0.5) * (2 * EXTENT / k) - EXTENT
    y, x = torch.meshgrid(line.flip(0), line, indexing="ij")
    return torch.stack((x, y), 2).flatten(0, 1)


class Plane:
    """The toy, its exact density, and noise to look with: drawn from the seed, whatever was trained."""

    dimensions, beta1, snapshots, lazy = 2, 0.5, 36, 1
    d_extra: tuple[int, ...] = ()

    def __init__(self, params: Params):
        g = Generator().manual_seed(params.seed + 2**31)
        self.params = params
        points = toys.parse_points(params.points)
        self.real = toys.drawn(points) if params.data == "drawn" else toys.TOYS[params.data]
        self.mixture = densities.drawn(points) if params.data == "drawn" else densities.MIXTURES[params.data]()
        self.g_sizes = (params.noise_dimensions, *[params.g_width] * params.g_layers, 2)
        self.d_sizes = (2, *[params.d_width] * params.d_layers, 1)
        self.g_activation, self.d_activation = layers.ACTIVATIONS[params.g_activation], layers.ACTIVATIONS[params.d_activation]
        self.data = metrics.typical([self.real(SHOWN, g) for _ in range(10)])
        self.floors = {"sw2_floor": metrics.sw2_floor(lambda: self.real(SHOWN, g))} | self._divergence_floors(g)
        self.z = self.noise(MADE, g)
        self.p_blurred = self.mixture.density(grid(GRID), BLUR).view(GRID, GRID).numpy()

    def _divergence_floors(self, g: Generator) -> dict[str, float]:
        """What js and kl say of true samples, because they are finite."""
        self.p = self.mixture.cells()
        seen = [densities.histogram(self.real(MADE, g)) for _ in range(FLOORS)]
        measures = {"js_floor": densities.js, "kl_floor": densities.kl}
        return {name: float(np.mean([measure(self.p, q) for q in seen])) for name, measure in measures.items()}

    def noise(self, n: int, g: Generator) -> Float[Tensor, "n d"]:
        size = (n, self.params.noise_dimensions)
        return torch.randn(size, generator=g) if self.params.noise == "gaussian" else 2 * torch.rand(size, generator=g) - 1

    def apart(self, batch: Float[Tensor, "m n 2"]) -> tuple[Float[Tensor, "m n 2"], None]:
        return batch, None

    def asked(self, z: Float[Tensor, "m n d"]) -> None:
        return None

    def generate(self, w: Weights, z: Float[Tensor, "m n d"]) -> Float[Tensor, "m n 2"]:
        return layers.apply(w, z, self.g_activation)

    def critic(self, w: Weights, x: Float[Tensor, "m n 2"], label: Tensor | None = None) -> Float[Tensor, "m n"]:
        return layers.apply(w, x, self.d_activation).squeeze(2)

    def looks(self, game: Game) -> list[Look]:
        """Each member's snapshot; arrays are the first one's, and some of everyone's where there are many."""
        many = len(game.mean[0])
        looks = [self._look(game, k, whole=k == 0) for k in range(many)]
        if many > 1:
            places = torch.stack([look.fake[:SMALL] for look in looks])
            surfaces = np.stack([self.surface(game, k, GRID_ALL) for k in range(many)])
            looks[0].arrays |= {"fake_all": f2(places), "d_grid_all": surfaces}
        return looks

    def in_slow_motion(self, game: Game, name: str, seen: dict[str, Tensor]) -> Arrays:
        """The batch at hand, D's surface as it is by now, and once G's gradient is known, where it drives the fakes."""
        found = {key: f2(seen[key][0]) for key in ("real", "fake") if key in seen} | {"d_grid": self.surface(game), "gradient": NO_ARROW}
        if name == "g_update":
            found["fake"] = f2(self.generate(nets.of(game.g.still, 0), seen["z"][:1])[0])
        if name == "g_backward":
            found["gradient"] = arrows(seen["fake"][0], slopes(game, 0, seen["fake"][0]))
        return found

    def _look(self, game: Game, member: int, whole: bool) -> Look:
        w, critic = nets.of(game.mean, member), game.critic_of(member)
        fake = torch.cat([self.generate(w, part[None])[0] for part in self.z.split(nets.CHUNK)])
        few = fake[:SHOWN]
        slope = slopes(game, member, few)
        right = accuracy(game.loss, critic(self.data[None]), critic(few[None]))
        found = self.quality(fake) | {"grad_norm": slope.norm(dim=1).mean().item(), "d_accuracy": right}
        if not whole:
            return Look(fake, {}, found)
        arrays = {
            "real": f2(self.data),
            "fake": f2(few),
            "d_grid": self.surface(game, member),
            "ideal": self._ideal(fake),
            "gradient": arrows(few[:ARROWS], slope[:ARROWS]),
            **self._manifold(w),
            **self._modes(fake),
        }
        return Look(fake, arrays, found)

    def quality(self, fake: Float[Tensor, "n 2"]) -> dict[str, float]:
        """js and kl of the data's exact density and the fakes' cells, sw2 of a thousand, modes where there are some."""
        q = densities.histogram(fake)
        found = {"js": densities.js(self.p, q), "kl": densities.kl(self.p, q), "sw2": metrics.sw2(fake[:SHOWN], self.data)}
        if not len(self.mixture.modes):
            return found | self.floors
        share = densities.shares(fake, self.mixture)
        return found | self.floors | {"modes": densities.found(share), "modes_total": len(share), "near": float(share.sum())}

    def _modes(self, fake: Float[Tensor, "n 2"]) -> Arrays:
        """Each mode's share beside its true one."""
        if not len(self.mixture.modes):
            return {}
        share = densities.shares(fake, self.mixture).astype(np.float32)
        number = np.arange(1, len(share) + 1, dtype=np.float32)
        return {"mode": number, "mode_share": share, "mode_true": np.full_like(share, densities.true_share(len(share)))}

    def surface(self, game: Game, member: int = 0, k: int = GRID) -> np.ndarray:
        """How real D takes each place to be, (k, k), 0 to 1."""
        critic = game.critic_of(member)
        fake = self.generate(nets.of(game.mean, member), self.z[None, :SHOWN])
        return f2(judge(game.loss, critic(self.data[None]), critic(fake))(critic(grid(k)[None])).view(k, k))

    def _ideal(self, fake: Float[Tensor, "n 2"]) -> np.ndarray:
        """p / (p + q), both blurred; ½ where there is neither."""
        line = (torch.arange(GRID) + 0.5) * (2 * EXTENT / GRID) - EXTENT
        q = densities.blurred(fake, line, BLUR)[::-1]
        return ((self.p_blurred + THIN) / (self.p_blurred + q + 2 * THIN)).astype(np.float16)

    def _manifold(self, w: Weights) -> Arrays:
        """Where G takes an even grid of the noise's quantiles, and how dense the fakes are in its cells, 0 to 1 (½ at 0.2 a unit²)."""
        alone = self.params.noise_dimensions == 1
        line = self._quantiles(ALONE if alone else LINES)
        z = line[:, None] if alone else torch.cartesian_prod(line, line)
        mesh = self.generate(w, z[None])[0].view(1 if alone else LINES, -1, 2)
        size = (mesh[:, 1:] - mesh[:, :-1]).norm(dim=2) * 0.1 if alone else areas(mesh)
        density = 1 / (size * size.numel()).clamp(min=1e-6)
        return {"mesh": f2(mesh), "mesh_density": f2(density / (density + 0.2))}

    def _quantiles(self, n: int) -> Float[Tensor, " n"]:
        even = (torch.arange(n) + 0.5) / n
        return torch.special.ndtri(even) if self.params.noise == "gaussian" else 2 * even - 1


def areas(mesh: Float[Tensor, "r c 2"]) -> Float[Tensor, "r-1 c-1"]:
    """Of the cells between a grid's lines, by their diagonals."""
    a, b = mesh[1:, 1:] - mesh[:-1, :-1], mesh[1:, :-1] - mesh[:-1, 1:]
    return (a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]).abs() / 2


def arrows(at: Float[Tensor, "n 2"], slope: Float[Tensor, "n 2"]) -> np.ndarray:
    """x, y, dx, dy: the way down the slope, ARROW long per unit, at most LONGEST."""
    way = -ARROW * slope
    return f2(torch.cat((at.detach(), way * (LONGEST / way.norm(dim=1, keepdim=True)).clamp(max=1)), 1))
