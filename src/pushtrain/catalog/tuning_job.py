"""The members of a tuning job that no other kind of job has. Pure.

Sources: API shapes CreateHyperParameterTuningJobRequest, DescribeHyperParameterTuningJobResponse and
HyperParameterTrainingJobSummary. What all kinds of jobs have is in `job_kinds`.
"""

from __future__ import annotations

CONFIG = "HyperParameterTuningJobConfig"
TRIAL_REQUEST = "TrainingJobDefinition"
OBJECTIVE = "HyperParameterTuningJobObjective"
WARM_START = "WarmStartConfig"
PARENTS = "ParentHyperParameterTuningJobs"  # in WarmStartConfig
EARLY_STOPPING = "TrainingJobEarlyStoppingType"

# In ResourceLimits and TuningJobCompletionCriteria
MAX_TRIALS = "MaxNumberOfTrainingJobs"
MAX_PARALLEL = "MaxParallelTrainingJobs"
MAX_WITHOUT_GAIN = "MaxNumberOfTrainingJobsNotImproving"

# In responses
TRIAL_COUNTERS = "TrainingJobStatusCounters"
FINAL_OBJECTIVE = "FinalHyperParameterTuningJobObjectiveMetric"

LIST_TRIALS = "ListTrainingJobsForHyperParameterTuningJob"
LIST_TRIALS_METHOD = "list_training_jobs_for_hyper_parameter_tuning_job"
