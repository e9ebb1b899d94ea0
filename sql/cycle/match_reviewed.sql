-- How many pairs lie before a person, and a digest of their ids and times that the owner can compare with what it remembers.
SELECT count(), groupBitXor(reinterpretAsUInt64(UUIDToNum(id)) + toUInt64(toUnixTimestamp64Micro(at)))
FROM {{from "resolve.review"}} FINAL WHERE library = {{text .Library}} AND open = 1
