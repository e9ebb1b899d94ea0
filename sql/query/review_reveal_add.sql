INSERT INTO {{into "resolve.review_reveal"}} (id, element, by, note, at)
