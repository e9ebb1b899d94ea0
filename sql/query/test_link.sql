-- A link as the scenario tests make it; the one with a steward is "not the same".
INSERT INTO resolve.link (id, library, a, b, judgement, weight, steward, by, reason, revoked, at)
SELECT toUUID({{text .ID}}), {{text .Library}}, toUUID({{text .A}}), toUUID({{text .B}}), {{if .Same}}'same'{{else}}'not_same'{{end}}, {{.Weight}}, {{if .Same}}0{{else}}1{{end}}, 'test', '', 0, now64(6)
