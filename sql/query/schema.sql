-- Columns of a table as the engine has them: name, type, and how it comes by a value ('' where it is written).
SELECT name, type, toString(default_kind) FROM system.columns WHERE database = {{text .Database}} AND table = {{text .Table}} ORDER BY position
