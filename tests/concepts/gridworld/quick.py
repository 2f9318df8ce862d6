PLACED = [{"agent": "dqn", "episodes": 2}, {"agent": "dqn", "episodes": 2, "optimizer": "sgd", "hidden": 0, "memory": 1}]
