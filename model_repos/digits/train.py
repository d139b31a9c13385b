"""Train the network, on a GPU if there is one. After an interruption, continue from the last checkpoint."""

import argparse
import os
from pathlib import Path

import torch
from network import Digits, load_digits
from torch.nn.functional import cross_entropy

CHECKPOINT = Path(
    "/opt/ml/checkpoints/last.pt"
)  # SageMaker copies this folder to S3, and back when it restarts the job


def train_epoch(network, optimizer, pixels, labels, *, batch_size, seed):
    """Train for one epoch and return the mean loss. Its own seed makes resumed training give the same result."""
    network.train()
    torch.manual_seed(seed)
    total = 0.0
    for rows in torch.randperm(len(labels)).to(labels.device).split(batch_size):
        loss = cross_entropy(network(pixels[rows]), labels[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(rows)
    return total / len(labels)


@torch.no_grad()
def compute_accuracy(network, pixels, labels):
    network.eval()
    return (network(pixels).argmax(dim=1) == labels).float().mean().item()


def save_checkpoint(network, optimizer, epoch):
    """Save a checkpoint. The rename at the end makes sure that it is never incomplete."""
    CHECKPOINT.parent.mkdir(parents=True, exist_ok=True)
    state = {"network": network.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch}
    torch.save(state, CHECKPOINT.with_suffix(".part"))
    CHECKPOINT.with_suffix(".part").replace(CHECKPOINT)


def load_checkpoint(network, optimizer, device):
    """Load the checkpoint, if there is one, and return its number of epochs, else 0."""
    if not CHECKPOINT.exists():
        return 0
    state = torch.load(CHECKPOINT, map_location=device, weights_only=True)
    network.load_state_dict(state["network"])
    optimizer.load_state_dict(state["optimizer"])
    print(f"resuming after epoch {state['epoch']}")
    return state["epoch"]


def save_model(network, folder):
    torch.save(network.cpu().state_dict(), folder / "weights.pt")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--learning-rate", type=float, default=0.004)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--model-dir", type=Path, default=os.environ["SM_MODEL_DIR"])
    parser.add_argument("--train", type=Path, default=os.environ["SM_CHANNEL_TRAIN"])
    parser.add_argument("--validation", type=Path, default=os.environ["SM_CHANNEL_VALIDATION"])
    args = parser.parse_args()

    device = "cuda" if torch.cuda.is_available() else "cpu"
    train = load_digits(args.train / "digits.npy", device)
    validation = load_digits(args.validation / "digits.npy", device)
    print(f"training on {device} with {len(train[1])} rows", flush=True)

    torch.manual_seed(args.seed)
    network = Digits().to(device)
    optimizer = torch.optim.Adam(network.parameters(), lr=args.learning_rate)
    for epoch in range(load_checkpoint(network, optimizer, device) + 1, args.epochs + 1):
        loss = train_epoch(network, optimizer, *train, batch_size=args.batch_size, seed=args.seed + epoch)
        score = compute_accuracy(network, *validation)
        print(f"epoch={epoch}; train_loss={loss:.4f}; validation_accuracy={score:.4f};", flush=True)
        save_checkpoint(network, optimizer, epoch)
    save_model(network, args.model_dir)


if __name__ == "__main__":
    main()
