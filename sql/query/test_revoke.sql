-- Takes a link back: a newer row of the same id.
INSERT INTO resolve.link SELECT id, library, a, b, judgement, weight, steward, by, 'revoked', 1, now64(6) FROM resolve.link FINAL WHERE id = toUUID({{text .ID}})
