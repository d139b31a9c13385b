"""Budget: AWS Budgets tells the topic when the platform costs more than `monthly_budget`. Only with that setting.

In: Names, the topic. Out: a Budget. It counts what has the tag `pushtrain:environment` of this platform, in its region:
the stack, jobs and state machines. The account must have activated the tag as a cost-allocation tag.
Source: AWS Cost Management user guide, "Creating an Amazon SNS topic for budget notifications".
"""

from __future__ import annotations

from aws_cdk import aws_budgets as budgets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.key_policy import BUDGETS, build_budget_conditions
from infra.names import Names
from pushtrain.config.values.money import Money
from pushtrain.platform import ENVIRONMENT_TAG

NOTIFICATIONS = (("ACTUAL", 80), ("FORECASTED", 100), ("ACTUAL", 100))  # percent of the budget


class Budget(Construct):
    """The budget `<prefix>-monthly`. Each of NOTIFICATIONS is sent at most once a month; nothing is stopped."""

    def __init__(self, scope: Construct, name: str, names: Names, topic: sns.Topic, limit: Money) -> None:
        super().__init__(scope, name)
        settings = names.settings
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="Budgets",
                principals=[iam.ServicePrincipal(BUDGETS)],
                actions=["sns:Publish"],
                resources=[topic.topic_arn],
                conditions=build_budget_conditions(names),
            )
        )
        budget = budgets.CfnBudget(
            self,
            "Monthly",
            budget=budgets.CfnBudget.BudgetDataProperty(
                budget_name=names.resource_name("monthly"),
                budget_type="COST",
                time_unit="MONTHLY",
                budget_limit=budgets.CfnBudget.SpendProperty(amount=float(limit.amount), unit=limit.currency),
                cost_filters={
                    "TagKeyValue": [f"user:{ENVIRONMENT_TAG}${settings.environment}"],
                    "Region": [settings.region],
                },
            ),
            notifications_with_subscribers=[
                _build_notification(kind, percent, topic.topic_arn) for kind, percent in NOTIFICATIONS
            ],
        )
        budget.node.add_dependency(topic)  # and its policy


def _build_notification(kind: str, percent: int, topic: str) -> budgets.CfnBudget.NotificationWithSubscribersProperty:
    return budgets.CfnBudget.NotificationWithSubscribersProperty(
        notification=budgets.CfnBudget.NotificationProperty(
            comparison_operator="GREATER_THAN", notification_type=kind, threshold=percent, threshold_type="PERCENTAGE"
        ),
        subscribers=[budgets.CfnBudget.SubscriberProperty(address=topic, subscription_type="SNS")],
    )
