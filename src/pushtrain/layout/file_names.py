"""Names of files that pushtrain looks for, whatever folder they lie in. Pure."""

CONFIG = "config.yaml"
MANIFEST = "manifest.json"
EVALUATION_FILE = "evaluation.json"
PLOTS_FILE = "plots.json"
PREDICTIONS_FILE = "request_predictions.csv"  # what a model is to answer to the requests of its serving test
FEATURES_FILE = "request_features.csv"  # what its inference code is to make of these requests
SOURCE_ARCHIVE = "sourcedir.tar.gz"  # the SageMaker SDK uses the same name
START_FILE = "pushtrain_start.py"  # pushtrain's own file at the root of that archive: it starts the script of a step
PRICE_TABLE = "prices.yaml"  # no model can have this name, because names of models contain no dot
