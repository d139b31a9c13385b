"""The network, and how to read its data: shared by training, evaluation and serving."""

import numpy as np
import torch
from torch import nn

KINDS = 3


def make_network():
    """Signals (rows, samples) to one score for each kind (rows, KINDS)."""
    return nn.Sequential(
        nn.Unflatten(1, (1, -1)),
        nn.Conv1d(1, 16, kernel_size=5, padding=2),
        nn.ReLU(),
        nn.Conv1d(16, 32, kernel_size=5, padding=2),
        nn.ReLU(),
        nn.AdaptiveMaxPool1d(4),
        nn.Flatten(),
        nn.Linear(32 * 4, KINDS),
    )


def read(folder, device):
    """Signals (rows, samples) as float32 and kinds (rows,) as int64."""
    table = torch.from_numpy(np.load(folder / "signals.npy")).to(device)
    return table[:, 1:], table[:, 0].long()
