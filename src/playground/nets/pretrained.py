"""The shipped classifiers as the hub knows models: `Classifier.from_pretrained("assets/weights/digits_classifier")`."""

from collections.abc import Sequence

from huggingface_hub import PyTorchModelHubMixin
from jaxtyping import Float, UInt8
from torch import Generator, Tensor, nn

from playground.nets import classifier
from playground.nets.classifier import Shape


class Classifier(nn.Module, PyTorchModelHubMixin):
    """The network of `classifier.py` with its weights as parameters. config.json has its shape: side, channels and classes."""

    def __init__(self, side: int, channels: Sequence[int], classes: int):
        super().__init__()
        for name, w in classifier.draw(Shape(side, tuple(channels), classes), Generator()).items():
            self.register_parameter(name, nn.Parameter(w))

    def forward(self, x: UInt8[Tensor, "n h w"] | UInt8[Tensor, "n h w 3"]) -> Float[Tensor, "n k"]:
        """Logits of pictures, 0 black to 255 white."""
        w = dict[str, Tensor](self.named_parameters())
        return classifier.logits(w, classifier.embed(w, classifier.planes(x)))
