"""SpiffWorkflow as it should be: the only files that correct it, each class naming the defect that it cures."""
