"""What people fill in: one form per page, checked here only for what a person can mend at once."""
