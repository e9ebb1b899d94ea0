-- Pairs that matching laid before a person and that it still does.
SELECT id, a, b, reason, at FROM {{from "resolve.review"}} FINAL WHERE library = {{text .Library}} AND open = 1
