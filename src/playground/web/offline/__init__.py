"""A page in one file: stage, player, charts, lesson and chosen runs, which a browser opens from a disk, without network or server."""
