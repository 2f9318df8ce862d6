PLACED = [
    {},
    {"data": "8gaussians", "loss": "wgan_gp", "seeds": 3, "g_optimiser": "momentum"},
    {"data": "digits", "g_activation": "silu", "d_optimiser": "sgd"},
]
