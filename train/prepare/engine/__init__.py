"""Work over processes, in shards that a stopped run leaves for the next one."""
