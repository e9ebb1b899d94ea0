-- Events of the newest cases: of a client and of matters, or of all where neither is named.
SELECT id, at, toString(kind), case_no, toString(matter), toString(division), toString(department), actor, toString(client), toString(role), content, mac
FROM {{from "matter.event"}}
WHERE case_no IN
(
    SELECT case_no
    FROM {{from "matter.event"}}
    WHERE kind = 'case.opened' AND ({client:String} = '' AND empty({matters:Array(String)}) OR client = {client:String} OR has({matters:Array(String)}, matter))
        AND ({only:String} = '' OR matter = {only:String}) AND ({state:String} = '' OR case_no IN (SELECT case_no FROM matter.case WHERE state = {state:String}))
    ORDER BY at DESC, case_no
    LIMIT {limit:UInt64}
)
