"""`monthly_budget`: what has the tag of the platform counts, and the topic hears of it three times."""

from __future__ import annotations

from tests.infra.template_view import View

TOPIC = "arn:aws:sns:us-east-1:123456789012:pushtrain-news"


def test_the_budget_counts_what_has_the_tag_of_this_platform(view: View) -> None:
    [resource] = view.of("Budgets::Budget")
    budget = resource["Budget"]
    assert budget["CostFilters"] == {"TagKeyValue": ["user:pushtrain:environment$test"], "Region": ["us-east-1"]}
    assert budget["BudgetLimit"] == {"Amount": 500, "Unit": "USD"}
    assert (budget["BudgetType"], budget["TimeUnit"]) == ("COST", "MONTHLY")
    assert budget["BudgetName"] == "pushtrain-monthly"


def test_people_hear_of_it_before_and_when_it_is_used_up(view: View) -> None:
    [resource] = view.of("Budgets::Budget")
    notifications = [entry["Notification"] for entry in resource["NotificationsWithSubscribers"]]
    assert [(entry["NotificationType"], entry["Threshold"]) for entry in notifications] == [
        ("ACTUAL", 80),
        ("FORECASTED", 100),
        ("ACTUAL", 100),
    ]
    assert {entry["ComparisonOperator"] for entry in notifications} == {"GREATER_THAN"}
    subscribers = [entry["Subscribers"] for entry in resource["NotificationsWithSubscribers"]]
    assert subscribers == [[{"Address": TOPIC, "SubscriptionType": "SNS"}]] * 3


def test_the_budget_waits_for_the_policy_of_the_topic(view: View) -> None:
    [budget] = [resource for resource in view.raw.values() if resource["Type"] == "AWS::Budgets::Budget"]
    assert "AWS::SNS::TopicPolicy" in {view.raw[name]["Type"] for name in budget["DependsOn"]}
