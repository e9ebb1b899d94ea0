-- The record's claims and findings, gone for good; mutations are waited for.
ALTER TABLE {{local (print "claims." .Library)}}{{onCluster}} DELETE WHERE feed = {{text .Feed}} AND key = {{text .Key}} SETTINGS mutations_sync = 2
;;
ALTER TABLE {{local "quality.finding"}}{{onCluster}} DELETE WHERE library = {{text .Library}} AND feed = {{text .Feed}} AND key = {{text .Key}} SETTINGS mutations_sync = 2
;;
ALTER TABLE {{local "quality.doubt"}}{{onCluster}} DELETE WHERE library = {{text .Library}} AND feed = {{text .Feed}} AND key = {{text .Key}} SETTINGS mutations_sync = 2
;;
ALTER TABLE {{local "quality.state"}}{{onCluster}} DELETE WHERE library = {{text .Library}} AND feed = {{text .Feed}} AND key = {{text .Key}} SETTINGS mutations_sync = 2
