"""The music of the demo songs: instruments, the band, and what it plays."""
