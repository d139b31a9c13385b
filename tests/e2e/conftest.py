"""One deployment for all tests of the wiring. Once a test asks for `enforced`, policies decide for the rest."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.arrival_time import shorten
from tests.e2e.place import ACCOUNT, REGION, ROOT, World, emulator_python


@pytest.fixture(scope="session")
def world(python: str, bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The synthesised stack, deployed. Needs a package registry, once."""
    world = World(tmp_path_factory.mktemp("world"), emulator_python(python, ROOT / "build" / "emulator"))
    with world.emulator():
        world.deploy(bundle)
        with world.engine():
            yield world


@dataclass(frozen=True)
class People:
    """Keys, as variables: a data scientist, an approver and a job of team desk; `rival` are people of team lab."""

    scientist: dict[str, str]
    approver: dict[str, str]
    rival: dict[str, str]
    rival_approver: dict[str, str]
    job: dict[str, str]


@pytest.fixture(scope="session")
def people(world: World) -> People:
    iam = world.client("iam")
    return People(
        _user(iam, "data-scientist-desk"),
        _user(iam, "approver-desk"),
        rival=_user(iam, "data-scientist-lab"),
        rival_approver=_user(iam, "approver-lab"),
        job=_session(world, "jobs-desk"),
    )


def _user(iam: Any, policy: str) -> dict[str, str]:
    """A person with one of the platform's managed policies and nothing else."""
    iam.create_user(UserName=policy)
    iam.attach_user_policy(UserName=policy, PolicyArn=f"arn:aws:iam::{ACCOUNT}:policy/wiring-{policy}")
    key = iam.create_access_key(UserName=policy)["AccessKey"]
    return {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}


def _session(world: World, role: str) -> dict[str, str]:
    """A session of one of the platform's roles, taken before the emulator asks who may."""
    arn = f"arn:aws:iam::{ACCOUNT}:role/wiring-{role}"
    credentials = world.client("sts").assume_role(RoleArn=arn, RoleSessionName="job")["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
        "AWS_SESSION_TOKEN": credentials["SessionToken"],
    }


@pytest.fixture(scope="session")
def enforced(world: World, people: People) -> People:
    """The same world, in which identity policies decide: people have keys of their own."""
    world.enforce()
    return people


@dataclass(frozen=True)
class News:
    """What people are told: a queue that listens to the platform's topic. `looks`: how often to look, 20 s each."""

    sqs: Any
    url: str
    looks: int = 3

    def wait_for(self, *words: str) -> str:
        """The first message from now that holds all of the words. Fails when none comes for so many long looks."""
        looks, others = self.looks, list[str]()
        while looks:
            messages = self.sqs.receive_message(QueueUrl=self.url, WaitTimeSeconds=20).get("Messages", ())
            looks -= not messages
            for message in messages:
                self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
                if all(word in message["Body"] for word in words):
                    return str(message["Body"])
                others.append(message["Body"])
        raise AssertionError(f"nobody was told of {words}, but of {others}")

    def none_left(self) -> bool:
        """Whether no other message is there or on its way: every function was called about as fast."""
        return not self.sqs.receive_message(QueueUrl=self.url, WaitTimeSeconds=2).get("Messages")


@pytest.fixture(scope="session")
def news(world: World) -> News:
    sqs, sns = world.client("sqs"), world.client("sns")
    url = sqs.create_queue(QueueName="reader")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=f"arn:aws:sns:eu-west-1:{ACCOUNT}:wiring-news", Protocol="sqs", Endpoint=arn)
    return News(sqs, url)


@pytest.fixture
def failures(world: World) -> News:
    """The queue of what no handler could take in."""
    sqs = world.client("sqs")
    return News(sqs, sqs.get_queue_url(QueueName="wiring-failures")["QueueUrl"], looks=9)  # after eight deliveries


def copy_plain(folder: Path) -> Path:
    """A model repo that needs no library and trains in a blink."""
    repo = Path(shutil.copytree(ROOT / "tests" / "embedded" / "repos" / "plain", folder / "plain"))
    config = repo / "config.yaml"
    config.write_text(config.read_text().replace("us-east-1", REGION))  # SageMaker pulls images of its own region only
    return repo


def copy_arrival_time(folder: Path) -> Path:
    """The model repo with five steps. What trains in it needs no library and takes no time."""
    repo = Path(shutil.copytree(ROOT / "model_repos" / "arrival-time", folder / "arrival-time"))
    shorten(repo)
    (repo / "requirements.txt").unlink()
    image = f"image: {ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/team/custom:1"
    config = repo / "config.yaml"
    text = config.read_text().replace("framework: sklearn 1.2-1", image)
    config.write_text(text.replace("inference:", f"inference:\n    {image}"))
    return repo


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    return copy_plain(tmp_path)
