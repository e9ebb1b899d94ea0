-- Which entity each anchor of the tests' person library belongs to.
SELECT anchor, entity, live FROM resolve.person FINAL
