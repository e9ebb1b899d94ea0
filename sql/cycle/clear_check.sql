TRUNCATE TABLE {{local (print "resolve.check_" .Library)}}{{onCluster}}
;;
TRUNCATE TABLE {{local "resolve.check_member"}}{{onCluster}}
;;
ALTER TABLE {{local "resolve.check_owned"}}{{onCluster}} DROP PARTITION {{text .Library}}
;;
ALTER TABLE {{local "resolve.superseded"}}{{onCluster}} DROP PARTITION ({{text .Library}}, 1)
