-- When each feed last delivered a message that was claimed.
SELECT toString(feed) AS feed, max(received) AS last
FROM {{from "ledger.message"}}
WHERE outcome = 'claimed'
GROUP BY feed
