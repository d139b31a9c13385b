"""The network and its data loader. Training, evaluation and serving use them."""

import numpy as np
import torch
from torch import nn


class Digits(nn.Module):
    """A network from rows of 64 pixels (0 to 16) to one score for each of the ten digits."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, 16, kernel_size=3, padding=1),
            nn.ReLU(),
            nn.Conv2d(16, 32, kernel_size=3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Dropout(0.25),
            nn.Linear(32 * 4 * 4, 10),
        )

    def forward(self, pixels):
        return self.layers(pixels.reshape(-1, 1, 8, 8) / 16)


def load_digits(path, device="cpu"):
    """Return pixels (rows, 64) as float32 and labels (rows,) as int64."""
    table = torch.from_numpy(np.load(path)).to(device)
    return table[:, 1:].float(), table[:, 0].long()
