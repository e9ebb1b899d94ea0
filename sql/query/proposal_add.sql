INSERT INTO {{into "meta.proposal"}} (id, digest, content, at)
