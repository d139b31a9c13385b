"""Train a text classifier from scratch: a small BERT with a vocabulary of the training texts, nothing downloaded.

To fine-tune a model of the Hub instead, replace make_tokenizer and make_model by
AutoTokenizer.from_pretrained(NAME) and AutoModelForSequenceClassification.from_pretrained(NAME).
"""

import argparse
import os
from pathlib import Path

import torch
from datasets import load_from_disk
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers
from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast
from transformers.utils.logging import disable_progress_bar

SPECIAL = {"unk_token": "[UNK]", "pad_token": "[PAD]"}
LENGTH = 64  # tokens of a text


def make_tokenizer(texts):
    tokenizer = Tokenizer(models.WordLevel(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.train_from_iterator(texts, trainers.WordLevelTrainer(special_tokens=list(SPECIAL.values())))
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=LENGTH, **SPECIAL)


def make_model(tokenizer):
    size = {"hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 128}
    names = {"id2label": {0: "bad", 1: "good"}, "label2id": {"bad": 0, "good": 1}}
    limits = {"max_position_embeddings": LENGTH, "pad_token_id": tokenizer.pad_token_id}
    return BertForSequenceClassification(BertConfig(vocab_size=len(tokenizer), **size, **names, **limits))


def batches(dataset, tokenizer, size, device, order):
    """What the model takes, labels included, `size` rows at a time."""
    for rows in order.split(size):
        part = dataset.select(rows.tolist())
        encoded = tokenizer(list(part["text"]), padding=True, truncation=True, return_tensors="pt")
        names = ("input_ids", "attention_mask")
        yield {**{name: encoded[name].to(device) for name in names}, "labels": torch.tensor(part["label"]).to(device)}


@torch.no_grad()
def accuracy(model, dataset, tokenizer, device):
    model.eval()
    rows = torch.arange(len(dataset))
    right = [
        (model(**batch).logits.argmax(dim=1) == batch["labels"]).sum().item()
        for batch in batches(dataset, tokenizer, 64, device, rows)
    ]
    return sum(right) / len(dataset)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--learning-rate", type=float, default=0.002)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--model-dir", default=os.environ["SM_MODEL_DIR"])
    parser.add_argument("--train", type=Path, default=os.environ["SM_CHANNEL_TRAIN"])
    parser.add_argument("--validation", type=Path, default=os.environ["SM_CHANNEL_VALIDATION"])
    args = parser.parse_args()

    disable_progress_bar()
    torch.manual_seed(args.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    train, validation = load_from_disk(str(args.train)), load_from_disk(str(args.validation))
    tokenizer = make_tokenizer(train["text"])
    model = make_model(tokenizer).to(device)
    optimizer = torch.optim.AdamW(model.parameters(), lr=args.learning_rate)
    for epoch in range(1, args.epochs + 1):
        model.train()
        for batch in batches(train, tokenizer, args.batch_size, device, torch.randperm(len(train))):
            loss = model(**batch).loss
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        # config.yaml's `metrics` find these numbers; the ; tells where each one ends.
        right = accuracy(model, validation, tokenizer, device)
        print(f"epoch {epoch}: train_loss={loss.item():.4f}; validation_accuracy={right:.3f};")

    model.save_pretrained(args.model_dir)
    tokenizer.save_pretrained(args.model_dir)


if __name__ == "__main__":
    main()
