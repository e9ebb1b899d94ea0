-- How many rows every table of ours holds.
SELECT concat(database, '.', table), toUInt64(sum(rows)) FROM system.parts WHERE active AND database != 'system' GROUP BY 1
