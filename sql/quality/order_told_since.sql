SELECT max(stamp) FROM {{from "quality.order_told"}}
