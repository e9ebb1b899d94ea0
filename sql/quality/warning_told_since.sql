SELECT max(stamp) FROM {{from "quality.warning_told"}}
