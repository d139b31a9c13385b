"""What the SageMaker PyTorch serving container calls: rows of samples in, the chances of the three kinds out."""

from pathlib import Path

import torch
from network import make_network


def model_fn(model_dir):
    network = make_network()
    network.load_state_dict(torch.load(Path(model_dir) / "weights.pt", map_location="cpu", weights_only=True))
    return network.to("cuda" if torch.cuda.is_available() else "cpu").eval()


@torch.no_grad()
def predict_fn(signals, network):
    device = next(network.parameters()).device
    return network(torch.as_tensor(signals, device=device).float()).softmax(dim=1)
