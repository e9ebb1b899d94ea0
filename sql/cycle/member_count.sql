-- How many anchors are of entities with several, at most: those that have left one are counted too.
SELECT count() FROM {{from .MemberTable}} WHERE library = {{text .Library}}
