"""Train the network, on a GPU where there is one, and save it."""

import argparse
import os
from pathlib import Path

import torch
from network import make_network, read
from torch.nn.functional import cross_entropy


def train_epoch(network, optimizer, signals, kinds, batch_size):
    """One pass over the data in a new order; returns the mean loss."""
    network.train()
    total = 0.0
    for rows in torch.randperm(len(kinds)).to(kinds.device).split(batch_size):
        loss = cross_entropy(network(signals[rows]), kinds[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(rows)
    return total / len(kinds)


@torch.no_grad()
def accuracy(network, signals, kinds):
    network.eval()
    return (network(signals).argmax(dim=1) == kinds).float().mean().item()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--learning-rate", type=float, default=0.005)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--model-dir", type=Path, default=os.environ["SM_MODEL_DIR"])
    parser.add_argument("--train", type=Path, default=os.environ["SM_CHANNEL_TRAIN"])
    parser.add_argument("--validation", type=Path, default=os.environ["SM_CHANNEL_VALIDATION"])
    args = parser.parse_args()

    # The same model each time. On a GPU, also call torch.use_deterministic_algorithms(True), and set
    # `environment: {CUBLAS_WORKSPACE_CONFIG: ":4096:8"}` for this step in config.yaml; training is then slower.
    torch.manual_seed(args.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    train, validation = read(args.train, device), read(args.validation, device)
    network = make_network().to(device)
    optimizer = torch.optim.Adam(network.parameters(), lr=args.learning_rate)
    for epoch in range(1, args.epochs + 1):
        loss = train_epoch(network, optimizer, *train, args.batch_size)
        # config.yaml's `metrics` find these numbers; the ; tells where each one ends.
        print(f"epoch {epoch}: train_loss={loss:.4f}; validation_accuracy={accuracy(network, *validation):.3f};")

    torch.save(network.cpu().state_dict(), args.model_dir / "weights.pt")


if __name__ == "__main__":
    main()
