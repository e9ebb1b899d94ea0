INSERT INTO {{into "matter.event"}} (id, at, kind, case_no, matter, division, department, actor, client, role, content, mac)
