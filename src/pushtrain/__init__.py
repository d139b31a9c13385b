"""pushtrain: a push becomes a trained, evaluated, registered model."""
