package reports

import (
	"context"
	"database/sql"
	"strings"
	"testing"
	"time"

	_ "github.com/duckdb/duckdb-go/v2"
)

// martsSQL builds small marts for October 2026 with some of September in them.
const martsSQL = `
create schema marts;
create table marts.charges_by_app (
	month date, app_key varchar, call_count bigint, answered_count bigint, duration_s bigint,
	billed_min bigint, package_min bigint, list_charge_cny decimal(18, 4), call_charge_cny decimal(18, 2),
	sms_count bigint, sms_charge_cny decimal(18, 2), number_count bigint, rent_cny decimal(18, 2),
	total_cny decimal(18, 2));
insert into marts.charges_by_app values
	('2026-10-01', 'app1', 1200, 2, 61, 3, 1, 0.1800, 0.06, 1, 0.04, 1, 5.00, 5.10),
	('2026-10-01', '=app2', 3, 1, 1, 1, 0, 0.0600, 0.06, 0, 0.00, 1, 9999999999999.01, 9999999999999.07),
	('2026-09-01', 'app1', 7, 7, 7, 7, 0, 0.4200, 0.42, 0, 0.00, 0, 0.00, 0.42);
create view marts.charges_by_x_number as
	select month, '+8617000000001' as x_number, app_key, 'carrier' as number_kind,
		columns(c -> c not in ('month', 'app_key')) from marts.charges_by_app;
create view marts.charges_by_app_x_number as
	select month, app_key, x_number, number_kind, columns(c -> c not in ('month', 'app_key', 'x_number', 'number_kind'))
	from marts.charges_by_x_number;
create view marts.charges_by_mode as
	select month, app_key, 'AXB' as mode, call_count, answered_count, duration_s, billed_min, package_min,
		list_charge_cny, call_charge_cny, sms_count, sms_charge_cny, total_cny from marts.charges_by_app;
create table marts.charges_by_day (date date, call_count bigint, answered_count bigint, duration_s bigint,
	billed_min bigint, package_min bigint, list_charge_cny decimal(18, 4), call_charge_cny decimal(18, 2),
	sms_count bigint, sms_charge_cny decimal(18, 2), total_cny decimal(18, 2));
insert into marts.charges_by_day
	select d::date, day(d), 1, 61, 2, 0, 0.12, 0.12, 0, 0, 0.12
	from range(timestamp '2026-09-30', timestamp '2026-11-02', interval 1 day) t(d);
create table marts.charges_by_hour (hour_at timestamp, billed_min bigint, package_min bigint, payable_min bigint,
	list_charge_cny decimal(18, 4), charge_cny decimal(18, 2), residue_cny decimal(18, 6));
insert into marts.charges_by_hour values
	('2026-10-01 00:00:00', 1, 0, 1, 0.0667, 0.06, 0.006700), ('2026-10-31 23:00:00', 2, 0, 2, 0.1334, 0.13, 0.003400),
	('2026-11-01 00:00:00', 2, 0, 2, 0.12, 0.12, 0);
create table marts.calls_by_release_code (month date, app_key varchar, release_code varchar,
	category_zh varchar, category_en varchar, owner_zh varchar, owner_en varchar, meaning_zh varchar, meaning_en varchar,
	next_step_zh varchar, next_step_en varchar, call_count bigint, share_pct decimal(9, 4));
insert into marts.calls_by_release_code values
	('2026-10-01', 'app1', '16', '正常', 'normal', '用户', 'user', '挂机, "正常"', 'hung up, "normal"', null, null, 1190, 99.1667),
	('2026-10-01', 'app1', '480', '异常', 'failure', '平台', 'platform', '-1+1|cmd', '@sum(a1)', '重拨', 'redial', 10, 0.8333);
create table marts.calls_by_q850 (month date, app_key varchar, code integer, meaning_zh varchar, meaning_en varchar,
	call_count bigint, share_pct double);
insert into marts.calls_by_q850 values ('2026-10-01', 'app1', 16, '正常', 'normal', 1200, 0.0000001);
create view marts.calls_by_sip as from marts.calls_by_q850;
create table marts.call_quality (month date, app_key varchar, call_count bigint, answered_count bigint, asr_pct decimal(9, 2),
	acd_s decimal(9, 1), pdd_s decimal(9, 1), short_call_count bigint, round_up_overhead_pct decimal(9, 2));
insert into marts.call_quality values ('2026-10-01', 'app1', 1200, 2, 0.17, 30.5, 4.2, 0, 98.33);
create table marts.recordings (month date, app_key varchar, recorded_count bigint, too_short_count bigint, expiring_count bigint);
create table marts.files (file varchar, sha256 varchar, bytes bigint, lines bigint, bodies bigint, records bigint, calls bigint,
	duplicates bigint, conflicts bigint, events bigint, messages bigint, statuses bigint, rejected_records bigint, rejects bigint, status varchar,
	month_from date, month_to date);
insert into marts.files values
	('b.ndjson', 'aa', 10, 5, 5, 4, 3, 1, 0, 0, 0, 0, 0, 1, 'loaded', '2026-09-01', '2026-11-01'),
	('a.ndjson', 'bb', 10, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 'loaded', null, null),
	('c.ndjson', 'cc', 10, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 'loaded', '2026-09-01', '2026-09-01');
create table marts.rejects (file varchar, line bigint, body bigint, record integer, reason varchar, detail varchar, month_from date, month_to date);
insert into marts.rejects values ('b.ndjson', 2, 2, 0, 'not_json', '	=1+1', null, null);
create table marts.conflicts (call_id varchar, app_key varchar, identity varchar, versions bigint, kept_file varchar, kept_line bigint,
	differing_fields varchar, month_from date, month_to date);
create table marts.calls (month date, call_id varchar, app_key varchar, x_number varchar, session_id varchar,
	caller_number varchar, callee_number varchar, started_at timestamp, ended_at timestamp, duration_s bigint, call_charge_cny decimal(18, 4));
insert into marts.calls values
	('2026-10-01', 'c2', 'app1', '+8617000000001', '+8619900000001_+8619900000002_4_x', '+8613812345678', '10086',
		'2026-10-31 23:59:00', '2026-10-31 23:59:59.5', 59, 0.06),
	('2026-10-01', 'c1', 'app1', '+8617000000001', '1200_1029_4294967295_20250101091514@host', '+8613812345679', null,
		null, '2026-10-01 00:00:01', null, null);
`

func mustMarts(tb testing.TB) *sql.DB {
	tb.Helper()
	db, err := sql.Open("duckdb", "")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1) // as on a *sql.Tx: no query inside a query
	mustExec(tb, db, martsSQL)
	for _, r := range All() { // those no test looks into are there, and empty
		mustExec(tb, db, "create table if not exists marts."+r.Name+emptyColumns(r))
	}
	return db
}

// emptyColumns are those a report is ordered by, and its month.
func emptyColumns(r Report) string {
	columns := []string{"month date"}
	for _, term := range strings.Split(r.OrderBy, ",") {
		if name, _, _ := strings.Cut(strings.TrimSpace(term), " "); name != "" && name != "month" {
			columns = append(columns, name+" varchar")
		}
	}
	return " (" + strings.Join(columns, ", ") + ")"
}

func mustExec(tb testing.TB, db Queryer, query string) {
	tb.Helper()
	if _, err := db.ExecContext(context.Background(), query); err != nil {
		tb.Fatal(err)
	}
}

// october is the month of the tests.
func october() Options {
	return Options{Month: time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)}
}
