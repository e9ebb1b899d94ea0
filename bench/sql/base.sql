SELECT toFloat64(count()) FROM base.{{.Library}}
