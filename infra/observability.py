"""Observability: one dashboard, and an alarm for each problem that people must look at.

In: the handlers, the two queues, the runs' log group, the topic. Out: an Observability with `alarms`.
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
LATE = 3600  # seconds; a push that waits longer is not one of a burst: 1,000 new models take 17 minutes
# Metrics of events that Lambda takes from EventBridge: given up (the failure queue then has them), and given up without
# reaching that queue. Pushes come from a queue, which never gives up: LatePushes and UnhandledEvents watch them.
DROPPED, LOST = "AsyncEventsDropped", "DestinationDeliveryFailures"
# Events in a run's log (Step Functions, HistoryEventType) that mean it did not succeed.
FAILURE_EVENTS = ("ExecutionFailed", "ExecutionTimedOut", "ExecutionAborted")


class Observability(Construct):
    """`alarms` by name. Each alarm publishes to the topic."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        names: Names,
        push: lambda_.Alias,
        push_log: logs.ILogGroup,
        decide: lambda_.Alias,
        approval: lambda_.Alias,
        run_end: lambda_.Alias,
        pushes: sqs.Queue,
        failures: sqs.Queue,
        runs_log: logs.ILogGroup,
        topic: sns.ITopic,
    ) -> None:
        super().__init__(scope, name)
        self.names, self.topic = names, topic
        failed_runs = logs.FilterPattern.any(
            *(logs.FilterPattern.string_value("$.type", "=", event) for event in FAILURE_EVENTS)
        )
        self.metrics: dict[str, cloudwatch.IMetric] = {
            "FailedRuns": self._count("FailedRuns", runs_log, failed_runs),
            "RefusedPushes": self._count("RefusedPushes", push_log, logs.FilterPattern.literal('"Refused("')),
            "FailedPushes": push.metric_errors(period=FIVE_MINUTES),
            "FailedDecisions": decide.metric_errors(period=FIVE_MINUTES),
            "FailedApprovals": approval.metric_errors(period=FIVE_MINUTES),
            "FailedReports": run_end.metric_errors(period=FIVE_MINUTES),
            "DroppedApprovals": _build_async_metric(approval, DROPPED),
            "DroppedReports": _build_async_metric(run_end, DROPPED),
            "LostApprovals": _build_async_metric(approval, LOST),
            "LostReports": _build_async_metric(run_end, LOST),
            "ThrottledPushes": push.metric_throttles(period=FIVE_MINUTES),
            "ThrottledRuns": _build_throttling_metric(),
            "LatePushes": pushes.metric_approximate_age_of_oldest_message(period=FIVE_MINUTES, statistic="Maximum"),
            "UnhandledEvents": failures.metric_approximate_number_of_messages_visible(
                period=FIVE_MINUTES, statistic="Maximum"
            ),
        }
        self.alarms = {title: self._add_alarm(title, metric) for title, metric in self.metrics.items()}
        self._add_dashboard(push, pushes, approval)

    def _count(self, title: str, log: logs.ILogGroup, pattern: logs.IFilterPattern) -> cloudwatch.IMetric:
        """Return a metric: the number of log events that match. Step Functions has metrics only per state machine."""
        metric_filter = logs.MetricFilter(
            self,
            f"{title}Count",
            log_group=log,
            filter_pattern=pattern,
            metric_namespace=f"pushtrain/{self.names.settings.prefix}",
            metric_name=title,
        )
        return metric_filter.metric(statistic="Sum", period=FIVE_MINUTES)

    def _add_alarm(self, title: str, metric: cloudwatch.IMetric) -> cloudwatch.Alarm:
        alarm = cloudwatch.Alarm(
            self,
            title,
            alarm_name=f"{self.names.settings.prefix}-{title}",
            metric=metric,
            threshold=LATE if title == "LatePushes" else 1,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(actions.SnsAction(self.topic))
        return alarm

    def _add_dashboard(self, push: lambda_.Alias, pushes: sqs.Queue, approval: lambda_.Alias) -> None:
        dashboard = cloudwatch.Dashboard(self, "Dashboard", dashboard_name=self.names.settings.prefix)
        dashboard.add_widgets(cloudwatch.AlarmStatusWidget(alarms=list(self.alarms.values()), width=24))
        metrics = ("ExecutionsStarted", "ExecutionsSucceeded", "ExecutionsFailed")
        dashboard.add_widgets(*(self._build_model_graph(metric) for metric in metrics))
        dashboard.add_widgets(
            _build_graph("Pushes", [push.metric_invocations(), self.metrics["RefusedPushes"], push.metric_errors()]),
            _build_graph(
                "Duration of pushes", [push.metric_duration(statistic="p95"), push.metric_duration(statistic="max")]
            ),
            _build_graph("Pushes that wait", [pushes.metric_approximate_number_of_messages_visible()]),
            _build_graph("Approvals", [approval.metric_invocations(), approval.metric_errors()]),
        )

    def _build_model_graph(self, metric: str) -> cloudwatch.GraphWidget:
        """Return a graph with one line for each model. It searches by prefix, because pushes create state machines."""
        prefix = f'"{self.names.settings.prefix}"'
        search = f"SEARCH('{{AWS/States,StateMachineArn}} MetricName=\"{metric}\" {prefix}', 'Sum', 3600)"
        executions = cloudwatch.MathExpression(expression=search, label="", period=Duration.hours(1))
        return cloudwatch.GraphWidget(title=metric, left=[executions], width=8)


def _build_async_metric(alias: lambda_.Alias, metric: str) -> cloudwatch.Metric:
    """Return a metric of the function with all its versions: AWS does not say if aliases have these two metrics."""
    return alias.lambda_.metric(metric, statistic="Sum", period=FIVE_MINUTES)


def _build_throttling_metric() -> cloudwatch.Metric:
    """Return a metric: the state transitions that Step Functions throttled in this account and region."""
    return cloudwatch.Metric(
        namespace="AWS/States",
        metric_name="ThrottledEvents",
        dimensions_map={"ServiceMetric": "StateTransition"},
        statistic="Sum",
        period=FIVE_MINUTES,
    )


def _build_graph(title: str, metrics: Sequence[cloudwatch.IMetric]) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(title=title, left=list(metrics), width=8)
