"""The pictures on the covers of the demo songs, and the brushes they are painted with."""
