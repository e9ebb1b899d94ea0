-- When each grant was first and last called on with success, and how often.
SELECT toString(grant), min(time), max(time), count() FROM {{from "access.audit"}} FINAL WHERE decision = 'allowed' AND grant != '' GROUP BY grant
