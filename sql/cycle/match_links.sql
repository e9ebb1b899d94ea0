-- Links that matching made and that stand.
SELECT id, a, b, reason, at FROM {{from "resolve.link"}} FINAL WHERE library = {{text .Library}} AND revoked = 0 AND steward = 0 AND by = 'match'
