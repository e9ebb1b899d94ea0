INSERT INTO {{into "resolve.model"}} (library, id, active, model, catalog, by, at)
