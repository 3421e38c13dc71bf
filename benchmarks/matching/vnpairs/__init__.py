"""The labelled set of Vietnamese record pairs: base publications, cataloguing practices, changes, building."""
