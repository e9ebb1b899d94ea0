-- What a library says of some entities now, as JSON of the chosen elements; times in UTC as RFC 3339.
SELECT toString(entity), formatRowNoNewline('JSONEachRow'{{range .Fields}}, {{ident .}}{{end}}) AS row
FROM base.{{.Library}}
WHERE entity IN ({{list .Entities}})
SETTINGS date_time_output_format = 'iso', output_format_json_quote_64bit_integers = 0, output_format_json_quote_decimals = 1
