"""AIGC Playground: understand generative AI by touching it."""
