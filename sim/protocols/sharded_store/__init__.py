"""A store whose keys are shared out over nodes that join and leave."""
