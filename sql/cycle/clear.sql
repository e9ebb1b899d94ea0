-- The work lists are of this cycle only; those of another, perhaps of the owner after us, are not ours to drop.
ALTER TABLE {{local (print "resolve.next_" .Library)}}{{onCluster}} DROP PARTITION {{.Cycle}}
;;
ALTER TABLE {{local "resolve.touched"}}{{onCluster}} DROP PARTITION ({{text .Library}}, {{.Cycle}})
;;
ALTER TABLE {{local "resolve.touched_record"}}{{onCluster}} DROP PARTITION ({{text .Library}}, {{.Cycle}})
;;
ALTER TABLE {{local "resolve.owned"}}{{onCluster}} DROP PARTITION ({{text .Library}}, {{.Cycle}})
