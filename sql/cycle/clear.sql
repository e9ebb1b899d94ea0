-- The work lists are of this cycle only.
TRUNCATE TABLE {{local (print "resolve.next_" .Library)}}{{onCluster}}
;;
ALTER TABLE {{local "resolve.touched"}}{{onCluster}} DROP PARTITION {{text .Library}}
;;
ALTER TABLE {{local "resolve.touched_record"}}{{onCluster}} DROP PARTITION {{text .Library}}
;;
ALTER TABLE {{local "resolve.owned"}}{{onCluster}} DROP PARTITION {{text .Library}}
