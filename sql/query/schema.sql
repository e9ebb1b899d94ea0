-- Columns of a table as the engine has them: name, type, how it comes by a value ('' where it is written), and the number of an element.
SELECT name, type, toString(default_kind), toUInt16OrZero(extract(default_expression, 'indexOf\\(els, ([0-9]+)\\)')) FROM system.columns WHERE database = {{text .Database}} AND table = {{text .Table}} ORDER BY position
