"""Step Functions on this machine: moto's interpreter, corrected, with a memory."""
