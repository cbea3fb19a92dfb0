"""What is looked at before anything else is done with a message: danger, identifying details, what this does not do."""
