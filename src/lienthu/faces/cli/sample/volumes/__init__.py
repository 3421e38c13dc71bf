"""Sample volumes for the digital collections, made when they are wanted: no pictures lie in the checkout. No Django."""
