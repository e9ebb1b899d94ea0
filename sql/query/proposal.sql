-- A proposed catalogue.
SELECT content FROM {{from "meta.proposal"}} FINAL WHERE id = {id:String} LIMIT 1
