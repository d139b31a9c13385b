"""Scoring: an approved version answers a file on AWS, in the state machine that belongs to the platform."""

from pushtrain.scoring.answers import fetch_answers
from pushtrain.scoring.execution import StartedScore, start_score, stop_score, wait_for_score
from pushtrain.scoring.plan import ScorePlan, plan_score

__all__ = [
    "ScorePlan",
    "StartedScore",
    "fetch_answers",
    "plan_score",
    "start_score",
    "stop_score",
    "wait_for_score",
]
