-- All events of one case.
SELECT id, at, toString(kind), case_no, toString(matter), toString(division), toString(department), actor, toString(client), toString(role), content, mac
FROM {{from "matter.event"}}
WHERE case_no = {case:String}
