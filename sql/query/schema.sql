-- Columns of a table as the engine has them.
SELECT name, type FROM system.columns WHERE database = {{text .Database}} AND table = {{text .Table}} ORDER BY position
