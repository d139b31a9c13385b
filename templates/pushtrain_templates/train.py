"""Template `train`: preprocess, train, evaluate, then register the model if the gate lets it through."""

from pushtrain.workflow import Pipeline, Workflow, chain, gate, not_registered, read_metrics, register


def train(pipeline: Pipeline) -> Workflow:
    """Parts that config.yaml leaves out leave no states behind."""
    return chain(
        pipeline.job("preprocess"),
        pipeline.job("train"),
        pipeline.job("evaluate"),
        read_metrics(pipeline),
        gate(pipeline.conditions, passed=register(pipeline), otherwise=not_registered(pipeline)),
    )
