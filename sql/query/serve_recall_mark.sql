SELECT max(seq) FROM {{from "access.recall_mark"}} WHERE library = {library:String}
