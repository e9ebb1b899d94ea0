SELECT count() FROM {{from "quality.touched"}} WHERE library = {{text .Library}} AND run = {{.Run}}
