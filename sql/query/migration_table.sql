{{database "meta"}}
;;
-- Which migrations ran, with the checksum of the text that they had.
{{table "meta.migration" "number"}}
(
    number   UInt32,
    name     String,
    checksum String,
    applied  DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = {{replacing ""}} ORDER BY number
