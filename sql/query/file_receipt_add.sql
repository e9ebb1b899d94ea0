INSERT INTO {{into "ledger.receipt"}} (id, feed, department, client, sent, done, content, began, at)
