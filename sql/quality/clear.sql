-- The work lists of one inspection.
ALTER TABLE {{local "quality.inspected"}}{{onCluster}} DROP PARTITION ({{text .Library}}, {{.Run}})
;;
ALTER TABLE {{local "quality.broken"}}{{onCluster}} DROP PARTITION ({{text .Library}}, {{.Run}})
;;
ALTER TABLE {{local "quality.touched"}}{{onCluster}} DROP PARTITION ({{text .Library}}, {{.Run}})
