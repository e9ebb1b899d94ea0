SELECT count() FROM {{.Source}} WHERE {{.Where}}
