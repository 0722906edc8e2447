"""Floor 1, the "6" and the "1"'s own commitments: domains, tasks, owners, milestones, reports, issues."""
