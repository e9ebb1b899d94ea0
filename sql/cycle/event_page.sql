-- Numbered events of a library in order. An empty "other" is written as no text.
SELECT seq, toString(kind), toString(entity), elements, if(other = toUUID('00000000-0000-0000-0000-000000000000'), '', toString(other)), at
FROM {{from "resolve.event"}} FINAL
WHERE library = {{text .Library}} AND seq > {{.After}} AND seq <= {{.To}}
ORDER BY seq
