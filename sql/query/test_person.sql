-- The columns of the tests' person library.
SELECT entity, citizen, passport, permit, name, sex, province, street, phone FROM base.person
