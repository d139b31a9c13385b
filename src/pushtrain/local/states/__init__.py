"""Step Functions on this computer: moto's interpreter with corrections, and executions kept in the store."""
