"""Which node owns a key: placements that move few keys when nodes join and leave."""
