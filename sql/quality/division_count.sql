SELECT count() FROM {{from "quality.division"}}
