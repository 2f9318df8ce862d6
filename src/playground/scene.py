"""What a frame looks like, said as data: layers on the stage and charts below it. The browser draws them.

A scene holds keys, never words: the lesson names every key. Colours are tokens of site.css.
"""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Color = Literal["data", "model", "noise", "good", "bad", "mark", "ink", "soft"]
LayerKind = Literal[
    "points", "heatmap", "arrows", "trails", "images", "mesh", "contour", "level", "heads", "codes", "tree", "cells", "manifold"
]
CellDraw = Literal["world", "values", "triangles", "arrows", "heat", "trail", "traces", "update"]
ChartKind = Literal["curves", "histogram", "bars"]


@dataclass(frozen=True)
class Layer:
    """One thing drawn on the stage, with its legend chip.

    `array` by kind: points (n, 2) · arrows (n, 4) as x, y, dx, dy · trails (n, 2), the way the same points came within
    the chapter · heatmap (rows, columns), first row at the top · images (n, h, w) or (n, h, w, 3) u1, `columns` to a row ·
    mesh (rows, columns, 2), a grid of places, drawn along rows and columns · contour (n, 2), lines of equal density
    of these points, computed in the browser · level (rows, columns), the line where a map has the value `at`, with the layer's name
    beside it, computed in the browser · heads (layers, heads, rows, t) u1, attention as shares of 255: rows are the last tokens as
    queries (rows = t: every one), columns the keys. Its `tokens` names the entry of the frame's texts that has the t tokens, its `focus`
    an array (3,) i2: layer, head and query token to open on, -1 for none. `special` names an array (t,) u1, 1 for a token that only marks
    where a text begins or ends and can be hidden, `sentence` one that says to which of two sentences, 0 or 1, a token belongs. `product`
    names what one head's weights are made of: queries and keys (layers, heads, t, d), and (t, t) u1, 1 where a token must not look ·
    codes (k, rows, columns), k tables of signed numbers; `labels` says which of `names` each is, `tokens` which of the frame's texts
    name the rows (else they have numbers) ·
    tree (n, 4), a token a row: the row of the one before (-1 for the root), its own −log₂ of a chance, the whole branch's, and whether the
    branch was kept (1 or 0); its `tokens` names the entry with the n tokens, `columns` is how many generations there will be.

    cells, a world of cells (every frame has `world` (rows, columns) u1, ASCII codes of its letters, and `reward` (rows, columns)), of which
    `draw` says what: world · values (rows, columns) · triangles (rows, columns, 4), a value for each action left, down, right, up ·
    arrows (rows, columns) u1, the bits of actions · heat (rows, columns), a count · trail (k, 2) i2, rows and columns that were passed,
    the agent walks along it while the clock runs · traces (rows, columns, 4) · update (6,) i2: row, column, action, then what it looked
    ahead to, the action -1 for none. Values, triangles and heat fill the cells: one of them is on at a time, and stands before the world.

    manifold (g, g, h, w[, 3]) u1, pictures laid edge to edge over x and y from -extent to extent, first row at the top: the floor of the
    plane, under its points. Where a scene has a floor or points and grids of pictures as well, the pictures stand beside the plane.

    A map (heatmap, level) with an `extent` lies over x and y from -extent to extent, else over the whole stage; with a `span` its
    colours run from the first number to the second, else from its lowest to its highest. A mesh with an `opacity` fills its cells
    (a line: its pieces) as opaquely as that array says, 0 to 1.

    `labels` is the array of class numbers, (n,) u1: points and trails take their class's colour and shape, images have theirs
    above the columns, in numbers or, where `names` is set, in the lesson's words: labels.classes.<names>, in order.
    `captions` is an array of numbers, (n,) i2: which of the names in static/names/<names>.<lang>.json each picture is likest to;
    such pictures can be picked.
    Of a run with many seeds, whose frames have `<array>_all` with a leading axis, every member's are shown side by side; a layer that is
    `shared` is the same for all.
    Where there are trails, their points can be picked; a layer that is `linked` to the trails' array has the same points in the
    same order, and while it is on, a line leads to them.
    """

    key: str
    kind: LayerKind
    array: str
    color: Color = "ink"
    phases: tuple[str, ...] = ()  # chapters it belongs to; () is every one
    on: bool = True
    columns: int = 0
    labels: str = ""
    names: str = ""
    captions: str = ""
    linked: str = ""
    extent: float = 0.0
    span: tuple[float, float] | None = None
    at: float = 0.0
    opacity: str = ""
    shared: bool = False
    tokens: str = ""
    focus: str = ""
    special: str = ""
    sentence: str = ""
    product: tuple[str, ...] = ()
    draw: CellDraw | None = None  # cells
    width: float = 1.3  # arrows: of the line, in CSS pixels; from 2.5 on they stand out against all else


@dataclass(frozen=True)
class Series:
    """A curve: the metric, its colour, and whether it is a line to compare with rather than a measurement in time."""

    metric: str
    color: Color = "model"
    reference: bool = False


@dataclass(frozen=True)
class Chart:
    """Metrics over `x` (a metric, or "step") within its chapters. Its unit and title are the lesson's.

    A histogram shows the frame on the stage: its series name arrays (k,), its `x` the array (k,) of the bins' centres, evenly
    apart. The first series is bars, the others are step lines, a reference is a dotted curve. `metrics` are said below as well.

    Bars, too, show the frame on the stage: their series name arrays (k,), drawn beside each other, `names` is the entry of the frame's
    texts that names the k bars, in `longest` letters at most, `x` what the axis counts: one of the lesson's metrics.
    """

    key: str
    series: tuple[Series, ...]
    phases: tuple[str, ...]
    x: str = "step"
    log: bool = False
    log_x: bool = False
    kind: ChartKind = "curves"
    metrics: tuple[str, ...] = ()
    names: str = ""
    longest: int = 14


@dataclass(frozen=True)
class Text:
    """An entry of the frame's texts that is read under the stage: a sample, a passage, whose end is in sight while it `grows`; a list."""

    key: str
    phases: tuple[str, ...] = ()  # chapters it belongs to; () is every one
    grows: bool = True


@dataclass(frozen=True)
class Chapter:
    """A phase as far as it is known beforehand: its frames at most, the number of its last step, its share of the run's work."""

    phase: str
    frames: int
    last: int
    share: float = 1.0


@dataclass(frozen=True)
class Node:
    """Something that computes (`net`) or is computed, at a place of the drawing: columns from the left, rows from the top."""

    key: str
    x: float
    y: float
    color: Color = "ink"
    net: bool = False


Edge = tuple[str, str]  # two nodes, by key


@dataclass(frozen=True)
class Part:
    """A sub-step: whose turn it is, along which edges data flow and gradients flow back, what is new, the formulas it follows, in lines."""

    key: str
    turn: str
    forward: tuple[Edge, ...] = ()
    back: tuple[Edge, ...] = ()
    new: tuple[str, ...] = ()
    formulas: tuple[str, ...] = ()


@dataclass(frozen=True)
class Flow:
    """A chapter in slow motion, whose frames are sub-steps: the metric `part` says which, from 1. Drawn beside the picture.

    `turns` are those that are taken in this run: a sub-step of another never comes.
    """

    phase: str
    turns: tuple[str, ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Equation:
    """A chapter whose frames are single updates of a table, beside the picture: the lesson's formula, and the frame's metrics of TERMS.

    Each term points at its place in the layer that draws an update. What does not look ahead has no best_next.
    """

    phase: str
    formula: str


@dataclass(frozen=True)
class Walker:
    """A chapter of one frame whose models run in the browser: its arrays `encoder` and `decoder` (m,) f2 are their weights.

    Layer after layer, each W row by row (out, in) and then b; `encoder` and `decoder` here are the widths, from input to output, with the
    activation between layers. The encoder's last layer gives μ and, with a `variance`, log σ² after it, of `latent` each. The decoder's
    output, squashed, is a picture of `shape` (h, w, channels), 0 to 1; a shape of (2,) is a point of the data's plane. `likelihood`
    with its `sigma` is that of a pixel given the output.

    The map shows -extent to extent. The frame has `z` (n, 2) and `label` (n,), `items` (k, *shape) u1 and `item_label` (k,) to choose
    from, `axes` (r, latent), r ≥ 2, and `centre` (latent,): rows at right angles and equally long, z on the map = axes (z − centre), of
    which the first two are the map's axes on opening; rows that are missing are completed. Beyond two latent dimensions also `mu`
    (n, latent) f2, the codes of the points. `mean` (latent,) and `chol` (latent, latent) are the Gaussian fitted to the codes. `prior`:
    whether N(0, I) is part of the model.

    Of a model with a codebook `grid` is (rows, columns) of the places, `codebook` (codes, d) f2, `codes` (k, places) i2 those of the items;
    the encoder's output, place after place, is exchanged for the nearest codes, and those are the decoder's input.
    """

    phase: str
    encoder: tuple[int, ...]
    decoder: tuple[int, ...]
    shape: tuple[int, ...]
    latent: int
    kind: str
    activation: Literal["silu", "relu"] = "silu"
    squash: Literal["sigmoid", "clip", "none"] = "sigmoid"
    variance: bool = False
    prior: bool = False
    likelihood: Literal["bernoulli", "gaussian"] = "bernoulli"
    sigma: float = 1.0
    extent: float = 3.0
    names: str = ""  # labels.classes.<names>: what the numbers in label mean
    grid: tuple[int, int] = (0, 0)


TERMS = ("old", "reward", "gamma", "best_next", "target", "td_error", "alpha", "new")


@dataclass(frozen=True)
class Scene:
    """`view` is the part of the plane shown: x from -view to view, y as the stage's shape gives.

    `headline` is the metric shown beside the play button, by chapter; `twins` the lesson's sentence that says a frame in words,
    where it is not the chapter's own. `chapters` are the phases to come, in order, as far as
    they are known: how long a run still takes is reckoned from them. `credit` names data whose licence asks for a line beside what is
    made of them: a key of [credits] in the site's words. `notes` are metrics that, where a frame has them above 0, add
    the lesson's sentence captions.notes.<metric> to its twin.
    """

    layers: tuple[Layer, ...]
    charts: tuple[Chart, ...]
    view: float = 2.0
    headline: dict[str, str] = field(default_factory=dict)
    twins: dict[str, str] = field(default_factory=dict)
    chapters: tuple[Chapter, ...] = ()
    flow: Flow | None = None
    equation: Equation | None = None
    texts: tuple[Text, ...] = ()
    walker: Walker | None = None
    credit: str = ""
    notes: tuple[str, ...] = ()

    def done(self, frames: int, most: int) -> float:
        """The part of the work that a run's first frames are: by the chapters' shares, or as `frames` of `most` where it has none."""
        chapters = self.chapters or (Chapter("", most, most),)
        done = 0.0
        for chapter in chapters:
            done += chapter.share * min(1.0, frames / chapter.frames)
            frames = max(0, frames - chapter.frames)
        return done / sum(chapter.share for chapter in chapters)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)
