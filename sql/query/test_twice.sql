-- Anchors of the tests' person library that have two rows under one cycle.
SELECT anchor FROM resolve.person GROUP BY anchor, ver HAVING count() > 1
