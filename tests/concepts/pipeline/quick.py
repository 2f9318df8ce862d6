PLACED = [{}, {"scheduler": "DDIMScheduler"}, {"scheduler": "DPMSolverMultistepScheduler"}]
