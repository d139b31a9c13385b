"""Functions for SageMaker's PyTorch serving container. In: 64 pixels per line. Out: ten probabilities."""

from pathlib import Path

import torch
from network import Digits


def model_fn(model_dir):
    network = Digits()
    network.load_state_dict(torch.load(Path(model_dir) / "weights.pt", map_location="cpu", weights_only=True))
    return network.to("cuda" if torch.cuda.is_available() else "cpu").eval()


@torch.no_grad()
def predict_fn(pixels, network):
    rows = pixels.float().reshape(-1, 64)  # the container reads a single line as one dimension
    return network(rows).softmax(dim=1)
