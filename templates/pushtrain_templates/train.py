"""Template `train`: run the steps, then register the model if it passes the gate."""

from pushtrain.workflow import Fragment, Pipeline, build_gate, chain, decide, register, skip_registration


def train(pipeline: Pipeline) -> Fragment:
    """Return the workflow. Parts that config.yaml leaves out have no states."""
    return chain(
        pipeline.run_steps(),
        decide(pipeline),
        build_gate(pipeline.conditions, passed=register(pipeline), otherwise=skip_registration(pipeline)),
    )
