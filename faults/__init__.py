"""What breaks: faults, their targets and their schedules."""
