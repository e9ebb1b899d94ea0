package demo

import "strconv"

// The connectors of Debezium whose change events the province's databases write. Where none is named it is Oracle's, in short.
const (
	postgres  form = "postgresql" // before is empty unless the row is deleted, and then it is its key
	mysql     form = "mysql"
	oracle    form = "oracle" // numbers of changes are texts
	sqlserver form = "sqlserver"
)

// changeEvent writes a Debezium change event of the prepared version, with its schema where the feed has it so.
func (r *row) changeEvent() []byte {
	if r.feed.form.has("schema") {
		r.buf = append(append(append(r.buf, `{"schema":`...), r.connectSchema()...), `,"payload":`...)
	}
	op := "u"
	r.buf = append(r.buf, `{"before":`...)
	switch kind := r.feed.form.kind(); {
	case r.gone && kind == postgres:
		op = "d"
		r.buf = append(r.buf, '{')
		r.keyed(r.feed.keyAt, "")
		r.buf = append(r.buf[:len(r.buf)-1], `},"after":null`...)
	case r.gone:
		op = "d"
		r.object()
		r.buf = append(r.buf, `,"after":null`...)
	case r.ver == 0 || kind == postgres:
		if r.ver == 0 {
			op = "rc"[r.plan.subject&1 : r.plan.subject&1+1]
		}
		r.buf = append(r.buf, `null,"after":`...)
		r.object()
	default:
		r.image()
		r.buf = append(r.buf, `,"after":`...)
		r.object()
	}
	ms := r.event*1000 + 350
	r.buf = append(r.buf, `,"source":{"version":"2.7.0.Final","connector":"`...)
	r.origin(ms)
	r.buf = append(append(append(r.buf, `},"op":"`...), op...), `","ts_ms":`...)
	r.buf = append(strconv.AppendInt(r.buf, ms+900, 10), '}')
	if r.feed.form.has("schema") {
		r.buf = append(r.buf, '}')
	}
	return r.buf
}

// origin writes where in the database's log the change stands, as each connector says it. Positions in MySQL's files begin anew with each
// file, and SQL Server's are no numbers: there the time of the change is the version.
func (r *row) origin(ms int64) {
	at, when := strconv.FormatInt(r.counter(), 10), strconv.FormatInt(ms, 10)
	tx := strconv.Itoa(r.plan.subject + 500)
	switch r.feed.form.kind() {
	case postgres:
		r.buf = append(r.buf, `postgresql","name":"zhyw","ts_ms":`+when+`,"snapshot":"false","db":"zhyw","sequence":"[null,null]","schema":"public","table":"t_data","txId":`+tx+
			`,"lsn":`+unless(r.noVersion, at)+`,"xmin":null`...)
	case mysql:
		r.buf = append(r.buf, `mysql","name":"zhyw","ts_ms":`+unless(r.noVersion, when)+`,"snapshot":"false","db":"zhyw","sequence":null,"table":"t_data","server_id":223344,"gtid":null,`+
			`"file":"mysql-bin.000003","pos":`+tx+`,"row":0,"thread":7,"query":null`...)
	case oracle:
		r.buf = append(r.buf, `oracle","name":"zhyw","ts_ms":`+when+`,"snapshot":"false","db":"ORCL","sequence":null,"schema":"ZHYW","table":"T_DATA","txId":"0600150`+tx+
			`","scn":`+unless(r.noVersion, `"`+at+`"`)+`,"commit_scn":"`+at+`","lcr_position":null,"ssn":0,"redo_thread":1,"user_name":"ZHYW"`...)
	case sqlserver:
		r.buf = append(r.buf, `sqlserver","name":"zhyw","ts_ms":`+unless(r.noVersion, when)+`,"snapshot":"false","db":"zhyw","sequence":null,"schema":"dbo","table":"t_data",`+
			`"change_lsn":"0000002a:000007d8:0003","commit_lsn":"0000002a:000007d8:0005","event_serial_no":1`...)
	default:
		r.buf = append(r.buf, `oracle","ts_ms":`+when+`,"lsn":`+unless(r.noVersion, at)...)
	}
}

func unless(missing bool, v string) string {
	if missing {
		return "null"
	}
	return v
}

// connectSchema is what Kafka Connect's JSON converter sets beside a change event when schemas are on.
func (r *row) connectSchema() string {
	row := `"fields":[{"type":"string","optional":false,"field":"` + r.feed.keyAt + `"}],"optional":true,"name":"zhyw.t_data.Value"`
	return `{"type":"struct","fields":[{"type":"struct",` + row + `,"field":"before"},{"type":"struct",` + row + `,"field":"after"},` +
		`{"type":"struct","fields":[{"type":"string","optional":false,"field":"connector"}],"optional":false,"name":"io.debezium.connector.Source","field":"source"},` +
		`{"type":"string","optional":false,"field":"op"},{"type":"int64","optional":true,"field":"ts_ms"}],"optional":false,"name":"zhyw.t_data.Envelope","version":1}`
}
