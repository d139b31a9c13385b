"""Observability: one dashboard, and an alarm for each thing somebody must look at.

In: the handlers, the queue, the runs' log group, the topic. Out: an Observability with `alarms`.
"""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.names import Names

FIVE_MINUTES = Duration.minutes(5)
# Events of a run's log (Step Functions, HistoryEventType) that end it badly.
BAD_ENDS = ("ExecutionFailed", "ExecutionTimedOut", "ExecutionAborted")


class Observability(Construct):
    """`alarms` by name; each tells the topic."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        names: Names,
        push: lambda_.Alias,
        push_log: logs.ILogGroup,
        approval: lambda_.Alias,
        run_end: lambda_.Alias,
        failures: sqs.Queue,
        runs_log: logs.ILogGroup,
        topic: sns.ITopic,
    ) -> None:
        super().__init__(scope, name)
        self.names, self.topic = names, topic
        ends = logs.FilterPattern.any(*(logs.FilterPattern.string_value("$.type", "=", end) for end in BAD_ENDS))
        self.metrics: dict[str, cloudwatch.IMetric] = {
            "FailedRuns": self._count("FailedRuns", runs_log, ends),
            "RefusedPushes": self._count("RefusedPushes", push_log, logs.FilterPattern.literal('"Refused("')),
            "FailedPushes": push.metric_errors(period=FIVE_MINUTES),
            "FailedApprovals": approval.metric_errors(period=FIVE_MINUTES),
            "FailedReports": run_end.metric_errors(period=FIVE_MINUTES),
            "ThrottledPushes": push.metric_throttles(period=FIVE_MINUTES),
            "ThrottledRuns": _throttled_runs(),
            "UnhandledEvents": failures.metric_approximate_number_of_messages_visible(
                period=FIVE_MINUTES, statistic="Maximum"
            ),
        }
        self.alarms = {title: self._alarm(title, metric) for title, metric in self.metrics.items()}
        self._dashboard(push, approval)

    def _count(self, title: str, log: logs.ILogGroup, pattern: logs.IFilterPattern) -> cloudwatch.IMetric:
        """How many events of a log match: Step Functions' own metrics are one set for each state machine."""
        found = logs.MetricFilter(
            self,
            f"{title}Count",
            log_group=log,
            filter_pattern=pattern,
            metric_namespace=f"pushtrain/{self.names.settings.prefix}",
            metric_name=title,
        )
        return found.metric(statistic="Sum", period=FIVE_MINUTES)

    def _alarm(self, title: str, metric: cloudwatch.IMetric) -> cloudwatch.Alarm:
        alarm = cloudwatch.Alarm(
            self,
            title,
            alarm_name=f"{self.names.settings.prefix}-{title}",
            metric=metric,
            threshold=1,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(actions.SnsAction(self.topic))
        return alarm

    def _dashboard(self, push: lambda_.Alias, approval: lambda_.Alias) -> None:
        board = cloudwatch.Dashboard(self, "Dashboard", dashboard_name=self.names.settings.prefix)
        board.add_widgets(cloudwatch.AlarmStatusWidget(alarms=list(self.alarms.values()), width=24))
        metrics = ("ExecutionsStarted", "ExecutionsSucceeded", "ExecutionsFailed")
        board.add_widgets(*(self._by_machine(metric) for metric in metrics))
        board.add_widgets(
            _graph("Pushes", [push.metric_invocations(), self.metrics["RefusedPushes"], push.metric_errors()]),
            _graph(
                "Duration of pushes", [push.metric_duration(statistic="p95"), push.metric_duration(statistic="max")]
            ),
            _graph("Approvals", [approval.metric_invocations(), approval.metric_errors()]),
        )

    def _by_machine(self, metric: str) -> cloudwatch.GraphWidget:
        """One line for each model: state machines come and go with pushes, so they are searched for."""
        machines = f'"{self.names.settings.prefix}"'
        search = f"SEARCH('{{AWS/States,StateMachineArn}} MetricName=\"{metric}\" {machines}', 'Sum', 3600)"
        found = cloudwatch.MathExpression(expression=search, label="", period=Duration.hours(1))
        return cloudwatch.GraphWidget(title=metric, left=[found], width=8)


def _throttled_runs() -> cloudwatch.Metric:
    """State transitions that Step Functions held back, of the whole account and region."""
    return cloudwatch.Metric(
        namespace="AWS/States",
        metric_name="ThrottledEvents",
        dimensions_map={"ServiceMetric": "StateTransition"},
        statistic="Sum",
        period=FIVE_MINUTES,
    )


def _graph(title: str, metrics: Sequence[cloudwatch.IMetric]) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(title=title, left=list(metrics), width=8)
