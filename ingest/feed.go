package ingest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"unsafe"

	"github.com/duckdb/duckdb-go/v2"
)

// feedColumns are the columns of plain_records: those of a batch, in its order.
var feedColumns = [...]struct {
	name string
	t    duckdb.Type
}{
	{"file_id", duckdb.TYPE_INTEGER}, {"body_no", duckdb.TYPE_INTEGER},
	{"line", duckdb.TYPE_INTEGER}, {"record_no", duckdb.TYPE_INTEGER},

	{"app_key", duckdb.TYPE_VARCHAR}, {"icid", duckdb.TYPE_VARCHAR}, {"session_id", duckdb.TYPE_VARCHAR},
	{"subscription_id", duckdb.TYPE_VARCHAR}, {"notify_mode", duckdb.TYPE_VARCHAR}, {"record_flag", duckdb.TYPE_VARCHAR},

	{"direction", duckdb.TYPE_INTEGER}, {"ul_fail_reason", duckdb.TYPE_INTEGER},
	{"fwd_unasw_rsn", duckdb.TYPE_INTEGER}, {"sip_status_code", duckdb.TYPE_INTEGER},

	{"bind_num", duckdb.TYPE_BIGINT}, {"caller_num", duckdb.TYPE_BIGINT}, {"callee_num", duckdb.TYPE_BIGINT},
	{"fwd_display_num", duckdb.TYPE_BIGINT}, {"fwd_dst_num", duckdb.TYPE_BIGINT}, {"service_type", duckdb.TYPE_BIGINT},

	{"call_in_utc_at", duckdb.TYPE_TIMESTAMP_S}, {"fwd_start_utc_at", duckdb.TYPE_TIMESTAMP_S},
	{"fwd_alerting_utc_at", duckdb.TYPE_TIMESTAMP_S}, {"fwd_answer_utc_at", duckdb.TYPE_TIMESTAMP_S},
	{"call_end_utc_at", duckdb.TYPE_TIMESTAMP_S}, {"fail_utc_at", duckdb.TYPE_TIMESTAMP_S},
	{"call_out_answer_utc_at", duckdb.TYPE_TIMESTAMP_S},

	{"call_id", duckdb.TYPE_UBIGINT},

	{"icid_hex", duckdb.TYPE_UUID}, {"subscription_uuid", duckdb.TYPE_UUID},
}

// Feed gives DuckDB the records of plain pushes while they are being read. It
// belongs to one connection and serves one Load at a time.
type Feed struct {
	name  string // of the table function
	ctx   context.Context
	chunk *chunk
	pool  *batchPool
	infos []duckdb.ColumnInfo
}

// NewFeed makes the table function plain_records known to a connection. A database
// keeps the first function of a name for good, and a host's database outlives a
// feed, so each feed has a name of its own.
func NewFeed(conn *sql.Conn) (*Feed, error) {
	f := &Feed{name: "plain_records_" + strings.ToLower(rand.Text())}
	for _, c := range feedColumns {
		t, err := duckdb.NewTypeInfo(c.t)
		if err != nil {
			return nil, err
		}
		f.infos = append(f.infos, duckdb.ColumnInfo{Name: c.name, T: t})
	}
	return f, duckdb.RegisterTableUDF(conn, f.name, duckdb.ParallelChunkTableFunction{
		BindArguments: func(map[string]any, ...any) (duckdb.ParallelChunkTableSource, error) {
			if f.chunk == nil {
				return nil, errors.New("plain_records gives rows during a load only")
			}
			return &source{*f}, nil
		},
	})
}

// source is a Feed in one statement. Each of DuckDB's threads takes batches.
type source struct{ Feed }

func (s *source) ColumnInfos() []duckdb.ColumnInfo     { return s.infos }
func (s *source) Cardinality() *duckdb.CardinalityInfo { return nil }
func (s *source) NewLocalState() any                   { return new(fed) }
func (s *source) Init() duckdb.ParallelTableSourceInfo {
	return duckdb.ParallelTableSourceInfo{MaxThreads: runtime.GOMAXPROCS(0)}
}

// fed is what one of DuckDB's threads was given last.
type fed struct{ batch *batch }

// FillChunk gives the next batch, or no rows when the chunk is filled.
func (s *source) FillChunk(state any, out duckdb.DataChunk) error {
	last := state.(*fed)
	if last.batch != nil {
		s.pool.put(last.batch) // DuckDB is done with its texts
		last.batch = nil
	}
	select {
	case b, more := <-s.chunk.records:
		if !more {
			return out.SetSize(0)
		}
		last.batch = b
		return b.fill(out)
	case <-s.ctx.Done():
		return s.ctx.Err()
	}
}

// fill copies the columns of a batch into DuckDB's vectors.
func (b *batch) fill(out duckdb.DataChunk) error {
	for i := range feedColumns {
		v, err := vectorOf(out, i)
		if err != nil {
			return err
		}
		f := field(i - positionCount)
		switch {
		case i < positionCount:
			copy(unsafe.Slice((*int32)(v.data), b.rows), b.positions[i][:b.rows])
			continue // never null
		case f == fieldCount:
			copy(unsafe.Slice((*uint64)(v.data), b.rows), b.callIDs[:b.rows])
			continue // never null
		case f > fieldCount:
			u := int(f - fieldCount - 1)
			copy(unsafe.Slice((*uuid)(v.data), b.rows), b.uuids[u][:b.rows])
			copy(unsafe.Slice((*uint64)(v.present), batchRows/64), b.hasUUID[u][:])
			continue
		case f < direction:
			copy(unsafe.Slice((*textSlot)(v.data), b.rows), b.texts[f][:b.rows])
		case f < bindNum:
			copy(unsafe.Slice((*int32)(v.data), b.rows), b.codes[f-direction][:b.rows])
		case f < callInTime:
			copy(unsafe.Slice((*int64)(v.data), b.rows), b.numbers[f-bindNum][:b.rows])
		default:
			copy(unsafe.Slice((*int64)(v.data), b.rows), b.times[f-callInTime][:b.rows])
		}
		copy(unsafe.Slice((*uint64)(v.present), batchRows/64), b.present[f][:])
	}
	return out.SetSize(b.rows)
}

// vector is where DuckDB keeps a column of a chunk: the values, and a bit for
// each that is set when it is not null.
type vector struct{ data, present unsafe.Pointer }

// vectorOf finds a column. The driver knows where it lies but only lets
// values be set one by one, a call into C for each text, which costs as much as
// all of reading.
func vectorOf(out duckdb.DataChunk, column int) (vector, error) {
	v, err := out.GetVector(column)
	if err != nil {
		return vector{}, err
	}
	elsewhere := errors.New("this version of the DuckDB driver keeps its vectors elsewhere")
	inner := reflect.Indirect(reflect.ValueOf(v).FieldByName("v"))
	if inner.Kind() != reflect.Struct {
		return vector{}, elsewhere
	}
	data, present := inner.FieldByName("dataPtr"), inner.FieldByName("maskPtr")
	if data.Kind() != reflect.UnsafePointer || present.Kind() != reflect.UnsafePointer {
		return vector{}, elsewhere
	}
	return vector{data.UnsafePointer(), present.UnsafePointer()}, nil
}

// batchPool holds the batches of a load for use again.
type batchPool struct {
	mu   sync.Mutex
	free []*batch
	all  []*batch
}

func (p *batchPool) get() *batch {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.free); n > 0 {
		b := p.free[n-1]
		p.free = p.free[:n-1]
		return b
	}
	b := newBatch()
	p.all = append(p.all, b)
	return b
}

func (p *batchPool) put(b *batch) {
	b.clear(0)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.free = append(p.free, b)
}

// close gives up all batches; no statement may be reading them.
func (p *batchPool) close() {
	for _, b := range p.all {
		b.pin.Unpin()
	}
}
