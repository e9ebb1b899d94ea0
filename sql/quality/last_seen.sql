-- What the last finished inspection of a library had seen.
SELECT seen, marks, digest, toString(day) FROM {{from "quality.run"}} WHERE library = {{text .Library}} ORDER BY run DESC LIMIT 1
