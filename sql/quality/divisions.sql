-- The years of every division code, from the program's own table.
INSERT INTO {{into "quality.division"}} (code, year)
SELECT d.1, arrayJoin(range(d.2, d.3))
FROM (SELECT arrayJoin(arrayZip([{{list .Codes}}], [{{numbers .From}}], [{{numbers .Until}}])) AS d)
