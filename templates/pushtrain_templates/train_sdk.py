"""Template `train-sdk`: the workflow of `train`, written with the classes of AWS's SDKs. Needs the extra `sdk`."""

from stepfunctions.steps import Catch, Chain, Choice

from pushtrain.sdk import (
    JobRequest,
    Parallel,
    ProcessingStep,
    TrainingStep,
    build_estimator,
    build_gate_rule,
    build_job_retry,
    build_processor,
    embed,
    reuse_or_run,
    wait_for_capacity,
)
from pushtrain.workflow import (
    ALL_CANDIDATES,
    CANDIDATE_RESULTS,
    PROCESSING,
    TRAINING,
    Branches,
    Group,
    Pipeline,
    build_failed_candidate,
    build_result_path,
    decide,
    end_branch,
    list_group_steps,
    name_branches,
    name_candidate,
    register,
    require_candidate,
    require_completed,
    select_branch_results,
    select_candidate_jobs,
    select_candidate_results,
    select_job_result,
    skip_registration,
    start_run,
)


def train_sdk(pipeline: Pipeline) -> Chain:
    """Return the workflow. Parts that config.yaml leaves out have no states."""
    jobs = [run_group(pipeline, pipeline.order), run_candidates(pipeline)]
    return Chain([embed(start_run()), *jobs, embed(decide(pipeline)), gate(pipeline)])


def run_group(pipeline: Pipeline, group: Group, earlier: tuple[str, ...] = ()) -> Chain:
    """Run steps in their order, independent ones at the same time. `earlier` are the steps that ended before."""
    if isinstance(group, str):
        step = pipeline.steps[group]
        run = {TRAINING: train, PROCESSING: process}.get(step.kind)
        # the SDK's TuningStep drops half of the trials' settings, and its TransformStep deletes no model
        return run(pipeline, group) if run else embed(pipeline.run_job(group))
    if isinstance(group, Branches):
        results = select_branch_results(group, earlier)
        parallel = Parallel(name_branches(group), result_selector=results, result_path="$.jobs")
        for branch in group.groups:
            parallel.add_branch(Chain([run_group(pipeline, branch, earlier), embed(end_branch(branch))]))
        return Chain([parallel])
    parts = []
    for inner in group.groups:
        parts.append(run_group(pipeline, inner, earlier))
        earlier += list_group_steps(inner)
    return Chain(parts)


def run_candidates(pipeline: Pipeline) -> Chain:
    """Run the steps of all candidates at the same time. One that fails leaves the others."""
    if not pipeline.candidates:
        return Chain([])
    shared, results = list_group_steps(pipeline.order), select_candidate_results(pipeline.candidates)
    parallel = Parallel(ALL_CANDIDATES, result_selector=results, result_path=CANDIDATE_RESULTS)
    for candidate in pipeline.candidates:
        order = pipeline.order_candidate(candidate)
        attempt = Parallel(name_candidate(candidate), result_selector=select_candidate_jobs(candidate))
        attempt.add_branch(Chain([run_group(pipeline, order, shared), embed(end_branch(order))]))
        failed = embed(build_failed_candidate(candidate))
        attempt.add_catch(Catch(error_equals=["States.ALL"], next_step=failed.steps[0]))
        parallel.add_branch(Chain([attempt]))
    return Chain([parallel, embed(require_candidate(pipeline.candidates))])


def process(pipeline: Pipeline, name: str) -> Chain:
    """Run a processing job, or reuse an earlier one. Go on only if it completed."""
    job = JobRequest(pipeline, name, pipeline.find_wait_loop(name))
    step = ProcessingStep(
        name,
        build_processor(pipeline, name),
        job_name=job.job_name,
        inputs=job.inputs,
        outputs=job.outputs,
        container_entrypoint=job.request["AppSpecification"]["ContainerEntrypoint"],
        container_arguments=job.request["AppSpecification"].get("ContainerArguments"),
        parameters=dict(pipeline.find_step(name).settings.sagemaker),
        partition=pipeline.platform.partition,
        **build_task_fields(job),
    )
    return reuse_or_run(pipeline, name, wait_for_capacity(job, step), embed(require_completed(name)))


def train(pipeline: Pipeline, name: str) -> Chain:
    """Run a training job, or reuse an earlier one. Go on only if it completed."""
    job = JobRequest(pipeline, name, pipeline.find_wait_loop(name))
    step = TrainingStep(
        name,
        build_estimator(pipeline, name),
        job_name=job.job_name,
        data=job.channels,
        hyperparameters=job.request["HyperParameters"],
        code=job.code,
        output_data_config_path=job.request["OutputDataConfig"]["S3OutputPath"],
        parameters=dict(pipeline.find_step(name).settings.sagemaker),
        partition=pipeline.platform.partition,
        **build_task_fields(job),
    )
    return reuse_or_run(pipeline, name, wait_for_capacity(job, step), embed(require_completed(name)))


def gate(pipeline: Pipeline) -> Chain:
    """Register the model if every condition of the gate holds."""
    registered = embed(register(pipeline))
    if not pipeline.conditions:
        return registered
    choice = Choice("gate")
    choice.add_choice(build_gate_rule(), registered)
    choice.default_choice(embed(skip_registration(pipeline)))
    return Chain([choice])


def build_task_fields(job: JobRequest) -> dict[str, object]:
    """Return the fields that every job's Task has: Retry, and name, status and ARN of the job as `$.jobs.<step>`."""
    return {
        "retry": build_job_retry(job.pipeline, job.step),
        "result_selector": select_job_result(job.pipeline, job.step),
        "result_path": build_result_path(job.step),
    }
