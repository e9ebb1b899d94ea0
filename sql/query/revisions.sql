-- Published revisions of the catalogue, the newest first, those at or before one.
SELECT revision, digest, published, proposal FROM {{from "meta.catalog"}} FINAL WHERE revision <= {from:UInt32} ORDER BY revision DESC LIMIT {limit:UInt64}
