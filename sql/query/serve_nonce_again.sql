-- Which of these nonces another process has noted, too.
SELECT DISTINCT id FROM {{from "access.nonce"}} WHERE id IN {ids:Array(UUID)} AND process != {process:UUID}
