-- Catalogues that were proposed, whole, by the id of the proposal; the votes are for the digest and stand in access.event.
{{table "meta.proposal" "cityHash64(id)"}}
(
    id      String,
    digest  String,
    content String CODEC(ZSTD(3)),
    at      DateTime64(3, 'UTC')
)
ENGINE = {{replacing ""}} ORDER BY id
;;
-- By which proposal a revision was published; empty for one that came from the files of the operator.
ALTER TABLE {{local "meta.catalog"}}{{onCluster}} ADD COLUMN IF NOT EXISTS proposal String
{{- if sharded}}
;;
ALTER TABLE meta.catalog{{onCluster}} ADD COLUMN IF NOT EXISTS proposal String
{{- end}}
